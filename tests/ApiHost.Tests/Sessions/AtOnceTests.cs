using System.Net;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Sessions;

/// <summary>Who has just heard the end may ask for all of it: the archive is given the moment that it needs.</summary>
public sealed class AtOnceTests(ServiceFixture fixture)
{
    private const int Header = 44;
    private const int Times = 25;

    [Fact]
    public async Task Recording_RightBehindTheEnd_IsWhole()
    {
        using var archive = new ArchiveClient(fixture.Service);
        for (var i = 0; i < Times; i++)
        {
            var session = $"at-once-{Guid.NewGuid():N}";
            await using var client = await SpeakAsync(session, "First. ", "Second, and its end.");

            var wav = await archive.DownloadAsync($"/v1/sessions/{session}/recording.wav");

            Assert.Equal("First. Second, and its end.", ScriptedAudio.TextOf(wav.AsSpan(Header)));
        }
    }

    [Fact]
    public async Task Manifest_RightBehindTheEnd_IsThere()
    {
        using var archive = new ArchiveClient(fixture.Service);
        for (var i = 0; i < Times; i++)
        {
            var session = $"at-once-{Guid.NewGuid():N}";
            await using var client = await SpeakAsync(session, "First. ", "Second.");

            Assert.Equal("First. ", (await archive.GetAsync($"/v1/sessions/{session}/contexts/1/manifest")).GetProperty("text").GetString());
            Assert.Equal("Second.", (await archive.GetAsync($"/v1/sessions/{session}/contexts/2/manifest")).GetProperty("text").GetString());
        }
    }

    [Fact]
    public async Task Recording_WhileTheStoreDoesNotTake_IsRefusedRatherThanGivenInPart()
    {
        await using var service = await RunningService.StartAsync("Archive:FirstRetryDelay=00:00:00.1", "Archive:LongestRetryDelay=00:00:00.2");
        using var archive = new ArchiveClient(service);
        await using var first = await SpeakAsync(service, "call", "Stored. ");
        await service.WhenArchivedAsync(RunningService.Acme, "call", "c0");

        // Where the second context's folder is to be, there is something else.
        var place = Path.Combine(service.ArchiveFolder, "acme", "sessions", "call", "0002-c0");
        await File.WriteAllTextAsync(place, "", TestContext.Current.CancellationToken);
        await using var second = await SpeakAsync(service, "call", "Not stored.");
        await archive.RefusedAsync(HttpMethod.Get, "/v1/sessions/call/recording.wav", HttpStatusCode.Conflict, "not_stored_yet");

        File.Delete(place);
        await service.WhenStoredAsync(TestContext.Current.CancellationToken);
        Assert.Equal("Stored. Not stored.", ScriptedAudio.TextOf((await archive.DownloadAsync("/v1/sessions/call/recording.wav")).AsSpan(Header)));
    }

    private Task<SocketClient> SpeakAsync(string session, params string[] texts) => SpeakAsync(fixture.Service, session, texts);

    private static async Task<SocketClient> SpeakAsync(RunningService service, string session, params string[] texts)
    {
        var client = await SocketClient.ConnectAsync(service, session: session);
        for (var i = 0; i < texts.Length; i++)
        {
            await client.PushAsync($"c{i}", texts[i], more: false);
            await client.WhenEndedAsync($"c{i}");
        }

        return client;
    }
}
