using TtsGrains.Client.Sessions;
using TtsGrains.Client.Tests.Samples;
using TtsGrains.Client.Tests.Scripted;

namespace TtsGrains.Client.Tests.Sessions;

public sealed class SessionsTests
{
    private const string Call = "call 1";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task ListenSample_SocketCutEveryFewFrames_HearsEverythingOnceAndDownloads(int every)
    {
        var sessions = new ScriptedSessions(n => every > 0 && n % (every + 1) == every);
        await using var service = await ScriptedService.StartAsync(other: sessions.ServeAsync);
        using var output = new MemoryStream();
        using var recording = new MemoryStream();
        var progress = new LastProgress();

        await ListenSample.RunAsync(service.Url, Call, output, recording, progress, Scene.Stop);

        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], output.ToArray());
        Assert.Equal(ScriptedSessions.Recording, recording.ToArray());
        Assert.Equal(new DownloadProgress(recording.Length, recording.Length), progress.Last);
        Assert.Equal("GET /v1/sessions/call 1/audio?bookmarks=true&from=start&encoding=pcm_mulaw&sample_rate=8000", sessions.Asked[0]);
    }

    [Fact]
    public async Task ListAsync_TwoPages_GivesAllInOrder()
    {
        var sessions = new ScriptedSessions(_ => false);
        await using var service = await ScriptedService.StartAsync(other: sessions.ServeAsync);
        await using var client = Scene.NewClient(service.Url);

        var listed = await client.Sessions.ListAsync(new SessionFilter { Day = new DateOnly(2026, 11, 20), Reference = "r" }, Scene.Stop).ToListAsync(Scene.Stop);

        Assert.Equal(["call 1", "call 2"], listed.Select(session => session.SessionId));
        Assert.Equal((new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero), "r"), (listed[0].StartedAt, listed[0].Ref));
        Assert.Equal(5, listed[0].More["bytes"].GetInt32());
        Assert.Equal(["GET /v1/sessions?day=2026-11-20&ref=r", "GET /v1/sessions?day=2026-11-20&ref=r&after=x"], sessions.Asked);
    }

    [Fact]
    public async Task ListAsync_WithAllFilters_SendsThem()
    {
        var sessions = new ScriptedSessions(_ => false);
        await using var service = await ScriptedService.StartAsync(other: sessions.ServeAsync);
        await using var client = Scene.NewClient(service.Url);

        await client.Sessions.ListAsync(new SessionFilter { Live = true, State = "open", MinCharacters = 1, MaxCharacters = 9, Text = "blue parcel" }, Scene.Stop).FirstAsync(Scene.Stop);
        await client.Sessions.ListAsync(new SessionFilter { Live = false }, Scene.Stop).FirstAsync(Scene.Stop);

        Assert.Equal(["GET /v1/sessions?live=true&state=open&min_characters=1&max_characters=9&text=blue parcel", "GET /v1/sessions?live=false"], sessions.Asked);
    }

    [Fact]
    public async Task GetAsync_Session_TellsItsContextsAndTheirFilesCanBeHad()
    {
        await using var service = await ScriptedService.StartAsync(other: new ScriptedSessions(_ => false).ServeAsync);
        await using var client = Scene.NewClient(service.Url);

        var context = Assert.Single((await client.Sessions.GetAsync(Call, Scene.Stop)).Contexts);
        using var segment = new MemoryStream();
        await client.Sessions.DownloadSegmentAsync(Call, context.Ordinal, context.Segments!.Single(known => known.HasAudio).FlushId, segment, null, Scene.Stop);

        Assert.Equal(("c", "done", 5L, 12.5), (context.ContextId, context.Outcome, context.Characters, context.DurationMs));
        Assert.Equal([1, 2, 3], segment.ToArray());
        Assert.Equal("{}"u8.ToArray(), await client.Sessions.GetManifestAsync(Call, context.Ordinal, Scene.Stop));
    }

    [Fact]
    public async Task HoldAndEraseAsync_HeldSession_TellsTheProblem()
    {
        var sessions = new ScriptedSessions(_ => false);
        await using var service = await ScriptedService.StartAsync(other: sessions.ServeAsync);
        await using var client = Scene.NewClient(service.Url);
        await client.Sessions.HoldAsync(Call, Scene.Stop);

        var held = await Assert.ThrowsAsync<TtsException>(() => client.Sessions.EraseAsync(Call, Scene.Stop));
        await client.Sessions.ReleaseAsync(Call, Scene.Stop);

        Assert.Equal(new TtsError(409, "session_held", "Held", "The session is under legal hold.", "r7"), held.Error);
        Assert.Equal(["PUT /v1/sessions/call 1/hold", "DELETE /v1/sessions/call 1", "DELETE /v1/sessions/call 1/hold"], sessions.Asked);
    }

    [Fact]
    public async Task ListenAsync_UnknownSession_IsRefusedWithStatus404()
    {
        await using var service = await ScriptedService.StartAsync(other: new ScriptedSessions(_ => false).ServeAsync);
        await using var client = Scene.NewClient(service.Url);

        var refusal = await Assert.ThrowsAsync<TtsException>(() => client.ListenAsync("unknown", null, Scene.Stop).ToListAsync(Scene.Stop).AsTask());

        Assert.Equal(new TtsError(404, "session_not_found", "Session not found", "There is no such session.", "r7"), refusal.Error);
    }

    private sealed class LastProgress : IProgress<DownloadProgress>
    {
        public DownloadProgress Last { get; private set; }

        public void Report(DownloadProgress value) => Last = value;
    }
}
