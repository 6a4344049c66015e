using System.CommandLine;
using System.CommandLine.Parsing;
using TtsGrains.Client;

namespace TtsGrains.Cli;

/// <summary>Which service a command speaks to, and as whom: the same options for all commands.</summary>
internal sealed class ServiceOptions
{
    private const int Failed = 1;
    private const int Interrupted = 130;

    private readonly Option<Uri> _url = new("--url")
    {
        DefaultValueFactory = _ => new Uri("http://127.0.0.1:8080"),
        CustomParser = ParseUrl,
        Description = "The service.",
    };

    private readonly Option<string> _key = new("--key") { DefaultValueFactory = _ => "demo", Description = "The API key." };

    /// <summary>Adds the options to a command, and what it does with a client of that service.</summary>
    public static void Run(Command command, Func<ParseResult, TtsClient, CancellationToken, Task> action)
    {
        var options = new ServiceOptions();
        command.Add(options._url);
        command.Add(options._key);
        command.SetAction((parsed, cancellationToken) => options.RunAsync(parsed, action, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult parsed, Func<ParseResult, TtsClient, CancellationToken, Task> action, CancellationToken cancellationToken)
    {
        await using var client = new TtsClient(new TtsClientOptions { BaseUrl = parsed.GetValue(_url)!, ApiKey = parsed.GetValue(_key) });
        try
        {
            await action(parsed, client, cancellationToken);
            return 0;
        }
        catch (TtsException e)
        {
            Console.Error.WriteLine(e.RequestId is null ? e.Message : $"{e.Message} (request {e.RequestId})");
            if (HintFor(e) is { } hint)
            {
                Console.Error.WriteLine(hint);
            }

            return Failed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return Failed;
        }
        catch (OperationCanceledException)
        {
            return Interrupted;
        }
    }

    private static string? HintFor(TtsException e) => (e.Status, e.Title) switch
    {
        (0, "Not connected") => "Is the service running? ./tts up starts one; --url says where it is.",
        (401, _) => "--key says which key to use.",
        _ => null,
    };

    private static Uri? ParseUrl(ArgumentResult result)
    {
        if (Uri.TryCreate(result.Tokens.SingleOrDefault()?.Value, UriKind.Absolute, out var url) && (url.Scheme is "http" or "https" or "ws" or "wss"))
        {
            return url;
        }

        result.AddError("--url must be an address such as http://127.0.0.1:8080.");
        return null;
    }
}
