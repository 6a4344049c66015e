using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TtsGrains.ApiHost.Tests.Clients;

namespace TtsGrains.ApiHost.Tests.Hosting;

public sealed class LogTests
{
    private const int MostLinesOfAStart = 5;
    private const string Text = "A sentence of a secret text.";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Information_StartContextsAndStopWithAnOpenContext_ContextsAndStopLogNothing()
    {
        await using var host = HostProcess.Start("ApiHost", ("Socket:DrainTimeout", "200ms"), ("LocalVoice:RealtimeFactor", "1"));
        var http = await host.WhenReadyAsync(Token);
        var afterStart = host.Errors.Count;
        await using var client = await ConnectAsync(http);
        await SpeakAsync(client, "first");
        await SpeakAsync(client, "second");

        await client.PushAsync("open", string.Join(' ', Enumerable.Repeat(Text, 20)));
        await client.WhenReadAsync();
        await host.TerminateAsync(Token);

        Assert.Equal(0, await host.WhenExitedAsync(Token));
        Assert.InRange(afterStart, 0, MostLinesOfAStart);
        // The client finds out that its text was read by a context that is refused.
        var lines = host.Errors.Skip(afterStart).Where(line => !line.Contains("Context probe-", StringComparison.Ordinal)).ToList();
        Assert.True(lines.Count == 0, string.Join('\n', lines));
    }

    [Fact]
    public async Task Information_RefusedContext_OneLineWithTheRequestIdOfItsError()
    {
        await using var host = HostProcess.Start("ApiHost");
        await using var client = await ConnectAsync(await host.WhenReadyAsync(Token));
        await client.PushAsync("refused", Text, more: false, change: message => message["model_id"] = "unknown");
        var error = (await client.WhenEndedAsync("refused")).End!.Value;
        await host.TerminateAsync(Token);
        await host.WhenExitedAsync(Token);

        Assert.Single(host.Errors, line => line.Contains(error.GetProperty("request_id").GetString()!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Debug_FinishedAndRefusedContext_OneLineEachWithoutTheText()
    {
        await using var host = HostProcess.Start("ApiHost", ("Logging:LogLevel:TtsGrains", "Debug"));
        await using var client = await ConnectAsync(await host.WhenReadyAsync(Token));
        await SpeakAsync(client, "finished");
        await client.PushAsync("refused", Text, more: false, change: message => message["model_id"] = "unknown");
        await client.WhenEndedAsync("refused");
        await host.TerminateAsync(Token);
        await host.WhenExitedAsync(Token);

        Assert.Contains("ended: Done", Assert.Single(host.Errors, line => line.Contains("/finished/", StringComparison.Ordinal) && line.Contains("ended", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("tenant demo is refused with error 400", Assert.Single(host.Errors, line => line.Contains("Context refused", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.DoesNotContain(host.Errors, line => line.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Trace_KeysTokensAndTextInAnyRequest_AreInNoLine()
    {
        const string Key = "key-in-a-query-4711";
        const string WrongKey = "wrong-key-in-a-query-4712";
        await using var host = HostProcess.Start(
            "ApiHost",
            ("Logging:LogLevel:Default", "Trace"),
            ("Logging:LogLevel:Microsoft", "Trace"),
            ("Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics", "Trace"),
            ("Logging:Console:LogLevel:Default", "Trace"),
            ("Logging:Console:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics", "Trace"),
            ("Tenants:quiet:Keys:0", Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))));
        var http = await host.WhenReadyAsync(Token);
        await using var client = await SocketClient.ConnectAsync(
            new UriBuilder(http) { Scheme = "ws", Path = "/tts/websocket", Query = $"api_key={Key}&cartesia_version=2025-04-16" }.Uri);
        await SpeakAsync(client, "spoken");
        using var requests = new HttpClient { BaseAddress = http };
        foreach (var key in new[] { Key, WrongKey })
        {
            using var answer = await requests.GetAsync($"/v1/sessions?api_key={key}", Token);
            Assert.Equal(key == Key ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, answer.StatusCode);
            using var refused = await requests.GetAsync($"/v1/sessions/..%2f?api_key={key}&\u0001", Token);
        }

        await host.TerminateAsync(Token);
        await host.WhenExitedAsync(Token);

        Assert.Contains(host.Errors, line => line.Contains("trce:", StringComparison.Ordinal));
        foreach (var secret in new[] { Key, WrongKey, Text })
        {
            Assert.DoesNotContain(secret, string.Join('\n', host.Errors), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Console_Simple_LinesBeginWithTheIsoTime()
    {
        await using var host = HostProcess.Start("ApiHost", ("Logging:LogLevel:TtsGrains", "Debug"));
        await host.WhenReadyAsync(Token);
        await host.TerminateAsync(Token);
        await host.WhenExitedAsync(Token);

        Assert.NotEmpty(host.Errors);
        Assert.All(host.Errors, line => AssertIsoTime(line.Split(' ')[0]));
    }

    [Fact]
    public async Task Console_Json_EveryLineIsAnObjectWithTheIsoTime()
    {
        await using var host = HostProcess.Start("ApiHost", ("Logging:Console:FormatterName", "json"), ("Logging:LogLevel:TtsGrains", "Debug"));
        await host.WhenReadyAsync(Token);
        await host.TerminateAsync(Token);
        await host.WhenExitedAsync(Token);

        Assert.NotEmpty(host.Errors);
        Assert.All(host.Errors, line => AssertIsoTime(JsonDocument.Parse(line).RootElement.GetProperty("Timestamp").GetString()!));
    }

    private static void AssertIsoTime(string text)
        => Assert.True(DateTimeOffset.TryParseExact(text, "yyyy-MM-ddTHH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _), text);

    private static Task<SocketClient> ConnectAsync(Uri http) => SocketClient.ConnectAsync(
        new UriBuilder(http) { Scheme = "ws", Path = "/tts/websocket" }.Uri, options => options.SetRequestHeader("X-API-Key", "demo"));

    private static async Task SpeakAsync(SocketClient client, string context)
    {
        await client.PushAsync(context, Text, more: false);
        await client.WhenEndedAsync(context);
    }
}
