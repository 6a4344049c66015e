using System.Net;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Archive.Removal;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Sessions;

/// <summary>Removing sessions, by request and by age, and keeping them from it.</summary>
public sealed class ErasureTests(ServiceFixture fixture) : IDisposable
{
    private readonly ArchiveClient _archive = new(fixture.Service);
    private readonly string _session = $"s-{Guid.NewGuid():N}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Root => $"/v1/sessions/{_session}";

    private string Folder => Path.Combine(fixture.Service.ArchiveFolder, "acme");

    public void Dispose() => _archive.Dispose();

    [Fact]
    public async Task Erase_Session_LeavesOnlyTheRecordOfIt()
    {
        await SpeakAsync(fixture.Service, _session, $"&ref=r-{_session}");

        using var erased = await _archive.SendAsync(HttpMethod.Delete, Root);

        Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);
        await _archive.RefusedAsync(HttpMethod.Get, Root, HttpStatusCode.NotFound, "session_not_found");
        await _archive.RefusedAsync(HttpMethod.Delete, Root, HttpStatusCode.NotFound, "session_not_found");
        await _archive.RefusedAsync(HttpMethod.Get, $"{Root}/audio.wav?from=start", HttpStatusCode.NotFound, "session_not_found");
        await _archive.RefusedAsync(HttpMethod.Get, $"{Root}/recording.wav", HttpStatusCode.NotFound, "session_not_found");
        var left = Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Where(f => f.Contains(_session, StringComparison.Ordinal)).ToList();
        Assert.Equal([Path.Combine(Folder, "erased", _session)], left);
        var audit = Directory.EnumerateFiles(Path.Combine(Folder, "audit"), "*.json", SearchOption.AllDirectories).Select(File.ReadAllText)
            .Where(text => text.Contains(_session, StringComparison.Ordinal)).ToList();
        Assert.Equal(2, audit.Count);
        Assert.Contains(audit, text => text.Contains("\"begun\"", StringComparison.Ordinal));
        Assert.Contains(audit, text => text.Contains("\"done\"", StringComparison.Ordinal) && text.Contains("\"objects\"", StringComparison.Ordinal));
        Assert.DoesNotContain(audit, text => text.Contains("Keep me", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Erase_ThenSpeakAgain_IsANewSession()
    {
        await SpeakAsync(fixture.Service, _session);
        using var erased = await _archive.SendAsync(HttpMethod.Delete, Root);
        await SpeakAsync(fixture.Service, _session);

        Assert.Equal(1, (await _archive.GetAsync(Root)).GetProperty("totals").GetProperty("contexts").GetInt32());
    }

    [Fact]
    public async Task Erase_HeldSession_IsRefusedUntilReleased()
    {
        await SpeakAsync(fixture.Service, _session);
        using var held = await _archive.SendAsync(HttpMethod.Put, $"{Root}/hold");
        Assert.Equal(HttpStatusCode.NoContent, held.StatusCode);

        await _archive.RefusedAsync(HttpMethod.Delete, Root, HttpStatusCode.Conflict, "session_held");
        Assert.True((await _archive.GetAsync(Root)).GetProperty("held").GetBoolean());
        using var released = await _archive.SendAsync(HttpMethod.Delete, $"{Root}/hold");
        using var erased = await _archive.SendAsync(HttpMethod.Delete, Root);

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (released.StatusCode, erased.StatusCode));
        await _archive.RefusedAsync(HttpMethod.Delete, $"{Root}/hold", HttpStatusCode.NotFound, "session_not_found");
    }

    [Fact]
    public async Task Erase_OpenSession_IsRefused()
    {
        await using var client = await ArchiveClient.SpeakAsync(fixture.Service, $"session_id={_session}");
        await client.PushAsync("open", "I go on. ", flush: true);
        await client.WhenAsync("open", c => c.FlushesDone == 1);

        await _archive.RefusedAsync(HttpMethod.Delete, Root, HttpStatusCode.Conflict, "session_open");
        await client.CancelAsync("open");
    }

    [Fact]
    public async Task Sweep_SessionsBeyondTheirDays_GoUnlessHeld()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var service = await RunningService.StartAsync($"Tenants:{RunningService.Acme}:RetentionDays=30");
        using var acme = new ArchiveClient(service);
        await SpeakAsync(service, "old");
        await SpeakAsync(service, "held");
        using var held = await acme.SendAsync(HttpMethod.Put, "/v1/sessions/held/hold");
        await using var bolt = await ArchiveClient.SpeakAsync(service, "session_id=other", RunningService.Bolt);
        await bolt.PushAsync("c", "Hi.", more: false);
        await bolt.WhenEndedAsync("c");
        await Eventually.IsTrueAsync(() => service.IsFinished("other", RunningService.Bolt), Token);
        await service.WhenStoredAsync(Token);
        var sweeper = ActivatorUtilities.CreateInstance<RetentionSweeper>(service.Services, time);

        time.Advance(TimeSpan.FromDays(30));
        Assert.Equal(0, await sweeper.SweepAsync(Token));
        time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await sweeper.SweepAsync(Token));

        await acme.RefusedAsync(HttpMethod.Get, "/v1/sessions/old", HttpStatusCode.NotFound, "session_not_found");
        Assert.Equal(1, (await acme.GetAsync("/v1/sessions/held")).GetProperty("totals").GetProperty("contexts").GetInt32());
        Assert.True(Directory.Exists(Path.Combine(service.ArchiveFolder, "bolt", "sessions", "other")));
    }

    private static async Task SpeakAsync(RunningService service, string session, string query = "")
    {
        await using var client = await ArchiveClient.SpeakAsync(service, $"session_id={session}{query}");
        await client.PushAsync("c", "Keep me.", more: false);
        await client.WhenEndedAsync("c");
        await Eventually.IsTrueAsync(() => service.IsFinished(session), Token);
        await service.WhenStoredAsync(Token);

        // While the client is connected, or may come back, the session is live although it is erased.
        await client.CloseAsync();
        using var archive = new ArchiveClient(service);
        await Eventually.IsAsync(async () => (await archive.GetAsync($"/v1/sessions/{session}")).GetProperty("live").GetBoolean(), false, Token);
    }
}
