using System.Text.Json;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Http;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Sessions;

/// <summary>A session that continues after its service was killed with SIGKILL.</summary>
public sealed class RestartTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Session_ServiceKilled_ContinuesWithTheNextOrdinal()
    {
        const string session = "call-1";
        await using var before = await RunningProgram.StartAsync(Cancellation);
        Assert.Empty(StateFiles(before));
        await SpeakAsync(before, session, "first", "Before the crash.");
        await SpeakAsync(before, session, "second", "Still before it.");
        await WhenRecordedAsync(before, session, contexts: 2);
        await before.KillAsync();
        Assert.Single(StateFiles(before));

        await using var after = await RunningProgram.StartOnAsync(before.Data, Cancellation);
        await SpeakAsync(after, session, "third", "After the crash.");
        var record = await WhenRecordedAsync(after, session, contexts: 3);

        Assert.Equal(
            [(1, "DONE", 1), (2, "DONE", 1), (3, "DONE", 1)],
            record.GetProperty("contexts").EnumerateArray().Select(context => (
                context.GetProperty("ordinal").GetInt32(),
                context.GetProperty("outcome").GetString()!.ToUpperInvariant(),
                context.GetProperty("segment_count").GetInt32())));
        Assert.Equal(["0001-first", "0002-second", "0003-third"], Folders(after, session).Select(Path.GetFileName));
        Assert.Equal(
            ["Before the crash.", "Still before it.", "After the crash."],
            Folders(after, session).Select(folder => JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "manifest.json"))).RootElement.GetProperty("text").GetString()));
        Assert.All(Folders(after, session), folder => Assert.NotEmpty(Directory.GetFiles(folder, "1.wav")));
    }

    [Fact]
    public async Task Session_ServiceKilledBehindTheLastFrame_UsesNoOrdinalTwice()
    {
        const string session = "call-2";
        await using var before = await RunningProgram.StartAsync(Cancellation);
        await SpeakAsync(before, session, "first", "Killed right behind its end.");
        await before.KillAsync();

        await using var after = await RunningProgram.StartOnAsync(before.Data, Cancellation);
        await SpeakAsync(after, session, "second", "After the crash.");
        await Eventually.IsTrueAsync(() => Folders(after, session).Any(folder => folder.EndsWith("-second", StringComparison.Ordinal) && IsComplete(folder)), Cancellation);

        Assert.Equal("0002-second", Path.GetFileName(Folders(after, session)[^1]));
    }

    private static async Task SpeakAsync(RunningProgram program, string session, string context, string text)
    {
        var url = new UriBuilder(program.Http) { Scheme = "ws", Path = "/tts/websocket", Query = $"session_id={session}" }.Uri;
        await using var client = await SocketClient.ConnectAsync(url, options => options.SetRequestHeader("X-API-Key", RunningProgram.Key));
        await client.PushAsync(context, text, more: false);
        Assert.True((await client.WhenEndedAsync(context)).IsDone);
    }

    private static string FolderOf(RunningProgram program, string session) => Path.Combine(program.Data, "archive", "demo", "sessions", session);

    private static IReadOnlyList<string> Folders(RunningProgram program, string session)
        => Directory.Exists(FolderOf(program, session)) ? [.. Directory.GetDirectories(FolderOf(program, session)).Order(StringComparer.Ordinal)] : [];

    private static bool IsComplete(string folder) => File.Exists(Path.Combine(folder, "manifest.json"));

    private static string[] StateFiles(RunningProgram program) => Directory.GetFiles(Path.Combine(program.Data, "state"), "*.state", SearchOption.AllDirectories);

    /// <summary>Waits for a <c>session.json</c> with that many finished contexts, and for the manifests of all of them.</summary>
    private static async Task<JsonElement> WhenRecordedAsync(RunningProgram program, string session, int contexts)
    {
        var path = Path.Combine(FolderOf(program, session), "session.json");
        JsonElement record = default;
        await Eventually.IsTrueAsync(
            () =>
            {
                if (!File.Exists(path))
                {
                    return false;
                }

                record = JsonDocument.Parse(File.ReadAllText(path)).RootElement;
                return record.GetProperty("contexts").EnumerateArray().Count(context => context.GetProperty("outcome").ValueKind == JsonValueKind.String) == contexts
                    && Folders(program, session).Count(IsComplete) == contexts;
            },
            Cancellation);
        return record;
    }
}
