using System.CommandLine;
using System.CommandLine.Parsing;
using System.Security.Cryptography;
using TtsGrains.Client;

namespace TtsGrains.Cli;

/// <summary>Which service a command speaks to, and as whom: the same options for all commands.</summary>
internal sealed class ServiceOptions
{
    private const string UrlVariable = "TTS_URL";
    private const string KeyVariable = "TTS_KEY";

    private readonly Option<Uri> _url;

    private readonly Option<string> _key = CreateKey();

    private readonly Option<FileInfo?> _authority = CreateAuthority();

    private ServiceOptions(string? description) => _url = new Option<Uri>("--url")
    {
        DefaultValueFactory = _ => new Uri("http://127.0.0.1:8080"),
        CustomParser = ParseUrl,
        Description = description ?? $"The service. Default: {UrlVariable} in the environment, else http://127.0.0.1:8080.",
    };

    /// <summary>Creates the option for the API key.</summary>
    public static Option<string> CreateKey() => new("--key") { Description = $"The API key. Default: {KeyVariable} in the environment, else demo." };

    /// <summary>Creates the option for the certificate of a service.</summary>
    public static Option<FileInfo?> CreateAuthority() => new("--ca")
    {
        Description = "A PEM file with the certificate to trust. Default: the development certificate, for a service on this machine.",
    };

    /// <summary>Returns the API key to use.</summary>
    /// <param name="given">The value of its option; null if there is none.</param>
    public static string KeyOf(string? given) => given ?? Environment.GetEnvironmentVariable(KeyVariable) ?? "demo";

    /// <summary>Adds the options to a command, and what it does with a client of that service.</summary>
    public static void Run(Command command, Func<ParseResult, TtsClient, CancellationToken, Task> action)
    {
        var options = AddTo(command);
        command.SetAction((parsed, cancellationToken) => options.RunAsync(parsed, action, cancellationToken));
    }

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="description">What its address is; null for the usual one.</param>
    public static ServiceOptions AddTo(Command command, string? description = null)
    {
        var options = new ServiceOptions(description);
        command.Add(options._url);
        command.Add(options._key);
        command.Add(options._authority);
        return options;
    }

    /// <summary>True if the command line names the service.</summary>
    public bool IsUrlGiven(SymbolResult result) => result.GetResult(_url) is { Implicit: false };

    /// <summary>Gets the name of an option that the command line has without the service's address; null if there is none.</summary>
    public string? FindWithoutUrl(SymbolResult result)
        => IsUrlGiven(result) ? null : ((Option[])[_key, _authority]).FirstOrDefault(option => result.GetResult(option) is { Implicit: false })?.Name;

    /// <summary>Runs an action with a client of the service.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(ParseResult parsed, Func<ParseResult, TtsClient, CancellationToken, Task> action, CancellationToken cancellationToken)
    {
        try
        {
            if (UrlOf(parsed) is not { } url)
            {
                return Complain($"{UrlVariable} must be an address such as http://127.0.0.1:8080.", ExitCodes.Usage);
            }

            using var handler = DevelopmentCertificate.CreateHandler(url, parsed.GetValue(_authority));
            var key = KeyOf(parsed.GetValue(_key));
            await using var client = new TtsClient(new TtsClientOptions { BaseUrl = url, ApiKey = key, Handler = handler });
            await action(parsed, client, cancellationToken);
            return ExitCodes.Done;
        }
        catch (TtsException e)
        {
            Console.Error.WriteLine(e.RequestId is null ? e.Message : $"{e.Message} (request {e.RequestId})");
            if (HintFor(e) is { } hint)
            {
                Console.Error.WriteLine(hint);
            }

            return IsUnreachable(e) ? ExitCodes.Unreachable : ExitCodes.Refused;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Complain(e.Message, ExitCodes.Refused);
        }
        catch (CryptographicException)
        {
            return Complain("--ca must name a PEM file with a certificate.", ExitCodes.Usage);
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
    }

    private Uri? UrlOf(ParseResult parsed)
        => parsed.GetResult(_url) is { Implicit: false } ? parsed.GetValue(_url)
            : Environment.GetEnvironmentVariable(UrlVariable) is { Length: > 0 } given ? Parse(given)
            : parsed.GetValue(_url);

    private static bool IsUnreachable(TtsException e) => (e.Status, e.Title) is (0, "Not connected");

    private static string? HintFor(TtsException e) => e.Status switch
    {
        0 when IsUnreachable(e) => $"Is the service running? ./tts up starts one; --url or {UrlVariable} says where it is.",
        401 => $"--key or {KeyVariable} says which key to use.",
        _ => null,
    };

    private static int Complain(string message, int exitCode)
    {
        Console.Error.WriteLine(message);
        return exitCode;
    }

    private static Uri? ParseUrl(ArgumentResult result) => ParseUrl(result, "--url", "http://127.0.0.1:8080");

    /// <summary>Reads the address that an option names.</summary>
    /// <param name="result">The option's value.</param>
    /// <param name="name">The option.</param>
    /// <param name="example">An address for the error.</param>
    public static Uri? ParseUrl(ArgumentResult result, string name, string example)
    {
        if (Parse(result.Tokens.SingleOrDefault()?.Value) is { } url)
        {
            return url;
        }

        result.AddError($"{name} must be an address such as {example}.");
        return null;
    }

    private static Uri? Parse(string? text)
        => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" or "ws" or "wss" ? url : null;
}
