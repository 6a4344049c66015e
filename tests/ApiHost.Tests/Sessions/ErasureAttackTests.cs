using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Sessions;

/// <summary>Attempts to get an erased session back, and to erase a session that was held.</summary>
public sealed class ErasureAttackTests(ServiceFixture fixture) : IDisposable
{
    private const int Pairs = 200;
    private const string Text = "Never to be had again.";

    private readonly ArchiveClient _archive = new(fixture.Service);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _archive.Dispose();

    [Fact]
    public async Task HoldAndErase_AtOnce_AConfirmedHoldAlwaysWins()
    {
        var held = 0;
        await Parallel.ForAsync(0, Pairs, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Token }, async (_, _) =>
        {
            var root = $"/v1/sessions/{await SpeakAsync()}";
            var hold = _archive.SendAsync(HttpMethod.Put, $"{root}/hold");
            var erase = _archive.SendAsync(HttpMethod.Delete, root);
            await Task.WhenAll(hold, erase);
            using var session = await _archive.SendAsync(HttpMethod.Get, root);

            var isHeld = (await hold).StatusCode == HttpStatusCode.NoContent;
            Interlocked.Add(ref held, isHeld ? 1 : 0);
            Assert.Equal(
                isHeld ? (HttpStatusCode.NoContent, HttpStatusCode.Conflict, HttpStatusCode.OK) : (HttpStatusCode.NotFound, HttpStatusCode.NoContent, HttpStatusCode.NotFound),
                ((await hold).StatusCode, (await erase).StatusCode, session.StatusCode));
            if (isHeld)
            {
                Assert.True((await session.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("held").GetBoolean());
                Assert.Contains("session_held", await (await erase).Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
            }
        });

        Assert.InRange(held, 1, Pairs);
    }

    [Fact]
    public async Task Erased_ThenResumedAndHeardAndRead_NothingIsLeft()
    {
        var session = await SpeakAsync();
        var root = $"/v1/sessions/{session}";
        await using var listener = await ListenerClient.ConnectAsync(fixture.Service, session, "from=start");
        await Eventually.IsTrueAsync(() => listener.Of("c").Count > 0, Token);

        using var erased = await _archive.SendAsync(HttpMethod.Delete, root);
        Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);

        foreach (var resume in (string[])["c:0", "c:1", "c"])
        {
            await using var client = await ArchiveClient.SpeakAsync(fixture.Service, $"session_id={session}&resume={resume}");
            var answer = await client.WhenEndedAsync("c");
            Assert.Equal("context_not_found", answer.ErrorCode);
            Assert.Empty(answer.Audio);

            // A client that only vanishes may come back: its session stays live for Contexts:ReconnectTimeout.
            await client.CloseAsync();
            await client.WhenClosedAsync();
        }

        await Eventually.IsAsync(
            async () => (await _archive.SendAsync(HttpMethod.Get, $"{root}/audio.wav?from=start")).StatusCode, HttpStatusCode.NotFound, Token);
        await _archive.RefusedAsync(HttpMethod.Get, $"{root}/contexts/1/manifest", HttpStatusCode.NotFound, "context_not_found");
        await _archive.RefusedAsync(HttpMethod.Get, $"{root}/contexts/1/segments/1.wav", HttpStatusCode.NotFound, "context_not_found");
        await _archive.RefusedAsync(HttpMethod.Get, $"{root}/recording.wav", HttpStatusCode.NotFound, "session_not_found");
        Assert.DoesNotContain(Directory.EnumerateFiles(fixture.Service.Data, "*", SearchOption.AllDirectories), IsOfTheSpeech);

        bool IsOfTheSpeech(string file) => Path.GetFileName(file) != session && file.Contains(session, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Erased_ListenerThatWaitsForMore_IsEnded()
    {
        var session = $"s-{Guid.NewGuid():N}";
        await using var client = await ArchiveClient.SpeakAsync(fixture.Service, $"session_id={session}");
        await client.PushAsync("c", Text, more: false);
        await client.WhenEndedAsync("c");
        await Eventually.IsTrueAsync(() => fixture.Service.IsFinished(session), Token);
        await using var listener = await ListenerClient.ConnectAsync(fixture.Service, session);

        using var erased = await _archive.SendAsync(HttpMethod.Delete, $"/v1/sessions/{session}");

        Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);
        await Eventually.IsTrueAsync(() => listener.IsClosed, Token);
    }

    [Fact]
    public async Task Erase_StoreOfFilesFails_Is503AndASecondTryWorks()
    {
        await using var service = await RunningService.StartAsync();
        using var archive = new ArchiveClient(service);
        var session = await SpeakAsync(service);
        var root = $"/v1/sessions/{session}";
        await service.WhenStoredAsync(Token);

        // A file where the folder of the audit should be: every write of a record fails, for any user.
        var audit = Path.Combine(service.ArchiveFolder, "acme", "audit");
        await File.WriteAllTextAsync(audit, "", Token);
        await archive.RefusedAsync(HttpMethod.Delete, root, HttpStatusCode.ServiceUnavailable, "archive_unavailable");
        await archive.RefusedAsync(HttpMethod.Put, $"{root}/hold", HttpStatusCode.ServiceUnavailable, "archive_unavailable");
        File.Delete(audit);
        using var released = await archive.SendAsync(HttpMethod.Delete, $"{root}/hold");
        using var erased = await archive.SendAsync(HttpMethod.Delete, root);

        Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);
    }

    private Task<string> SpeakAsync() => SpeakAsync(fixture.Service);

    private static async Task<string> SpeakAsync(RunningService service)
    {
        var session = $"s-{Guid.NewGuid():N}";
        using var http = new HttpClient { BaseAddress = service.Http };
        http.DefaultRequestHeaders.Add("X-API-Key", "acme-key");
        using var spoken = await http.PostAsync($"/tts/bytes?session_id={session}", new StringContent(SocketClient.Message("c", Text).ToJsonString()), Token);
        Assert.Equal(HttpStatusCode.OK, spoken.StatusCode);
        await spoken.Content.ReadAsByteArrayAsync(Token);
        await Eventually.IsTrueAsync(() => service.IsFinished(session), Token);
        return session;
    }
}
