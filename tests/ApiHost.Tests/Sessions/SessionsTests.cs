using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;

namespace TtsGrains.ApiHost.Tests.Sessions;

/// <summary>What was said, asked for over HTTP.</summary>
public sealed class SessionsTests(ServiceFixture fixture) : IDisposable
{
    private const int Header = 44;

    private readonly ArchiveClient _archive = new(fixture.Service);
    private readonly string _session = $"s-{Guid.NewGuid():N}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Root => $"/v1/sessions/{_session}";

    public void Dispose() => _archive.Dispose();

    [Fact]
    public async Task Segments_OfASession_AreWhatItsOwnerHeard()
    {
        var (one, two) = await SpeakAsync();

        Assert.Equal(one[0], (await _archive.DownloadAsync($"{Root}/contexts/1/segments/1.wav"))[Header..]);
        Assert.Equal(one[1], (await _archive.DownloadAsync($"{Root}/contexts/1/segments/2.wav"))[Header..]);
        Assert.Equal(two, (await _archive.DownloadAsync($"{Root}/contexts/2/segments/1.wav"))[Header..]);
        var recording = await _archive.DownloadAsync($"{Root}/recording.wav");
        Assert.Equal([.. one[0], .. one[1], .. two], recording[Header..]);
    }

    [Fact]
    public async Task LongSegments_HandedOverInParts_AreWhatTheirOwnerHeard()
    {
        await using var service = await RunningService.StartAsync("Archive:PartBytes=1024");
        await using var client = await ArchiveClient.SpeakAsync(service, "session_id=long");
        var sentence = string.Concat(Enumerable.Repeat("This goes on and on. ", 100));
        await client.PushAsync("c", sentence, flush: true);
        await client.PushAsync("c", sentence, more: false);
        var heard = await client.WhenEndedAsync("c");
        await TtsGrains.Testing.Eventually.IsTrueAsync(() => service.IsFinished("long"), Token);
        await service.WhenStoredAsync(Token);
        using var archive = new ArchiveClient(service);

        Assert.Equal(sentence + sentence, heard.Text);
        Assert.Equal(heard.AudioOf(1), (await archive.DownloadAsync("/v1/sessions/long/contexts/1/segments/1.wav"))[Header..]);
        Assert.Equal(heard.AudioOf(2), (await archive.DownloadAsync("/v1/sessions/long/contexts/1/segments/2.wav"))[Header..]);
    }

    [Fact]
    public async Task Show_Session_HasContextsSegmentsAndSums()
    {
        var (one, two) = await SpeakAsync("&ref=call%2F7");

        var session = await _archive.GetAsync(Root);

        Assert.Equal((_session, "finished", false), (Text(session, "session_id"), Text(session, "state"), session.GetProperty("held").GetBoolean()));
        Assert.Equal([(1, "one", "done"), (2, "two", "done")], session.GetProperty("contexts").EnumerateArray()
            .Select(c => (c.GetProperty("ordinal").GetInt32(), Text(c, "context_id"), Text(c, "outcome"))));
        Assert.Equal([1, 2], session.GetProperty("contexts")[0].GetProperty("segments").EnumerateArray().Select(s => s.GetProperty("flush_id").GetInt32()));
        var totals = session.GetProperty("totals");
        Assert.Equal((2, 3, 27), (totals.GetProperty("contexts").GetInt32(), totals.GetProperty("segments").GetInt32(), totals.GetProperty("characters").GetInt32()));
        Assert.Equal((one[0].Length + one[1].Length + two.Length) / 16.0, totals.GetProperty("duration_ms").GetDouble(), tolerance: 0.01);
    }

    [Fact]
    public async Task List_ByReferenceAndDay_FindsTheSession()
    {
        var reference = $"caller/{Guid.NewGuid():N}";
        await SpeakAsync($"&ref={Uri.EscapeDataString(reference)}");
        var day = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd", null);

        var byReference = await _archive.GetAsync($"/v1/sessions?ref={Uri.EscapeDataString(reference)}");
        var byDay = await _archive.GetAsync($"/v1/sessions?day={day}&limit=1000");
        var ofAnother = await _archive.GetAsync($"/v1/sessions?ref={Uri.EscapeDataString(reference)}&day=2001-01-01");

        var listed = Assert.Single(byReference.GetProperty("data").EnumerateArray());
        Assert.Equal((_session, reference), (Text(listed, "session_id"), Text(listed, "ref")));
        Assert.Equal(JsonValueKind.Null, byReference.GetProperty("next").ValueKind);
        Assert.Contains(byDay.GetProperty("data").EnumerateArray(), s => Text(s, "session_id") == _session);
        Assert.Empty(ofAnother.GetProperty("data").EnumerateArray());
    }

    [Fact]
    public async Task List_PageByPage_HasEachOnce()
    {
        var reference = $"{Guid.NewGuid():N}";
        foreach (var number in Enumerable.Range(1, 5))
        {
            await using var client = await ArchiveClient.SpeakAsync(fixture.Service, $"session_id={reference}-{number}&ref={reference}");
            await client.PushAsync("c", "Hi.", more: false);
            await client.WhenEndedAsync("c");
            await TtsGrains.Testing.Eventually.IsTrueAsync(() => fixture.Service.IsFinished($"{reference}-{number}"), Token);
        }

        await fixture.Service.WhenStoredAsync(Token);
        var seen = new List<string>();
        string? next = null;
        do
        {
            var page = await _archive.GetAsync($"/v1/sessions?ref={reference}&limit=2" + (next is null ? "" : $"&after={next}"));
            seen.AddRange(page.GetProperty("data").EnumerateArray().Select(s => Text(s, "session_id")));
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);

        Assert.Equal(Enumerable.Range(1, 5).Reverse().Select(n => $"{reference}-{n}"), seen);
    }

    [Fact]
    public async Task Segment_RangeAndConditions_AreKept()
    {
        await SpeakAsync();
        var path = $"{Root}/contexts/1/segments/1.wav";
        var whole = await _archive.DownloadAsync(path);

        using var part = await _archive.SendAsync(HttpMethod.Get, path, r => r.Headers.Range = new RangeHeaderValue(10, 19));
        using var unchanged = await _archive.SendAsync(HttpMethod.Get, path, r => r.Headers.IfNoneMatch.Add(new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(whole))}\"")));
        using var head = await _archive.SendAsync(HttpMethod.Head, path);

        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(whole[10..20], await part.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.Equal((HttpStatusCode.OK, whole.Length), (head.StatusCode, (int)head.Content.Headers.ContentLength!));
        Assert.Equal("audio/wav", head.Content.Headers.ContentType?.MediaType);
        await _archive.RefusedAsync(
            HttpMethod.Get, path, HttpStatusCode.RequestedRangeNotSatisfiable, "range_not_satisfiable", r => r.Headers.Range = new RangeHeaderValue(1_000_000, null));
    }

    [Fact]
    public async Task Manifest_OfACancelledContext_TellsHowFarItsClientGot()
    {
        await using var client = await ArchiveClient.SpeakAsync(fixture.Service, $"session_id={_session}");
        await client.PushAsync("cut", "one two three", flush: true);
        var heard = await client.WhenAsync("cut", c => c.FlushesDone == 1);
        await client.CancelAsync("cut");
        await WhenFinishedAsync();

        var manifest = await _archive.GetAsync($"{Root}/contexts/1/manifest");

        var interrupt = manifest.GetProperty("interrupt");
        Assert.Equal(heard.Audio.Length / 16.0, interrupt.GetProperty("delivered_ms").GetDouble(), tolerance: 0.01);
        Assert.Equal("three", Text(interrupt.GetProperty("last_word"), "word"));
        Assert.Equal("cancelled", Text(manifest, "outcome"));
    }

    [Fact]
    public async Task Push_WithArchiveFalse_KeepsTheSegmentOutAndTheOthersIn()
    {
        await using var client = await ArchiveClient.SpeakAsync(fixture.Service, $"session_id={_session}");
        await client.PushAsync("part", "Your name? ", flush: true);
        await client.PushAsync("part", "4111 1111. ", flush: true, change: m => m["archive"] = false);
        await client.PushAsync("part", "Thanks.", more: false);
        var heard = await client.WhenEndedAsync("part");
        await WhenFinishedAsync();

        var manifest = await _archive.GetAsync($"{Root}/contexts/1/manifest");

        Assert.Equal("Your name? 4111 1111. Thanks.", heard.Text);
        Assert.DoesNotContain("4111 1111", manifest.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("Your name? Thanks.", Text(manifest, "text"));
        Assert.Equal([null, "off", null], manifest.GetProperty("segments").EnumerateArray().Select(s => s.TryGetProperty("archive", out var off) ? off.GetString() : null));
        await _archive.RefusedAsync(HttpMethod.Get, $"{Root}/contexts/1/segments/2.wav", HttpStatusCode.NotFound, "segment_not_found");
        var recording = await _archive.DownloadAsync($"{Root}/recording.wav");
        Assert.Equal([.. heard.AudioOf(1), .. heard.AudioOf(3)], recording[Header..]);
    }

    [Fact]
    public async Task Session_WithArchiveOff_LeavesNothing()
    {
        await SpeakAsync("&archive=off");

        Assert.False(Directory.Exists(Path.Combine(fixture.Service.ArchiveFolder, "acme", "sessions", _session)));
        await _archive.RefusedAsync(HttpMethod.Get, $"{Root}/recording.wav", HttpStatusCode.NotFound, "session_not_found");
    }

    [Fact]
    public async Task TenantWithArchiveOff_LeavesItsUsageWithoutText()
    {
        await using var service = await RunningService.StartAsync($"Tenants:{RunningService.Acme}:Archive=Off");
        foreach (var tenant in (string[])[RunningService.Acme, RunningService.Bolt])
        {
            await using var client = await ArchiveClient.SpeakAsync(service, "session_id=call", tenant);
            await client.PushAsync("c", "Who keeps this?", more: false);
            await client.WhenEndedAsync("c");
            await TtsGrains.Testing.Eventually.IsTrueAsync(() => service.IsFinished("call", tenant), Token);
        }

        await service.WhenStoredAsync(Token);

        var acme = Path.Combine(service.ArchiveFolder, RunningService.Acme);
        Assert.Equal(["usage"], Directory.GetDirectories(acme).Select(Path.GetFileName));
        var records = Directory.GetFiles(acme, "*.json", SearchOption.AllDirectories);
        Assert.NotEmpty(records);
        Assert.All(records, record => Assert.DoesNotContain("Who keeps this?", File.ReadAllText(record), StringComparison.Ordinal));
        Assert.True(Directory.Exists(Path.Combine(service.ArchiveFolder, RunningService.Bolt, "sessions", "call")));
    }

    [Fact]
    public async Task Show_Session_CountsWhoListens()
    {
        await using var client = await ArchiveClient.SpeakAsync(fixture.Service, $"session_id={_session}");
        await using var first = await ListenerClient.ConnectAsync(fixture.Service, _session);
        await using var second = await ListenerClient.ConnectAsync(fixture.Service, _session);

        Assert.Equal(2, (await _archive.GetAsync(Root)).GetProperty("listeners").GetInt32());
    }

    [Fact]
    public async Task AnotherTenantsSession_IsAsIfItWereNot()
    {
        await SpeakAsync("&ref=shared");
        using var bolt = new ArchiveClient(fixture.Service, RunningService.Bolt);

        await bolt.RefusedAsync(HttpMethod.Get, Root, HttpStatusCode.NotFound, "session_not_found");
        await bolt.RefusedAsync(HttpMethod.Get, $"{Root}/recording.wav", HttpStatusCode.NotFound, "session_not_found");
        await bolt.RefusedAsync(HttpMethod.Get, $"{Root}/contexts/1/manifest", HttpStatusCode.NotFound, "context_not_found");
        await bolt.RefusedAsync(HttpMethod.Get, $"{Root}/contexts/1/segments/1.wav", HttpStatusCode.NotFound, "context_not_found");
        await bolt.RefusedAsync(HttpMethod.Delete, Root, HttpStatusCode.NotFound, "session_not_found");
        await bolt.RefusedAsync(HttpMethod.Put, $"{Root}/hold", HttpStatusCode.NotFound, "session_not_found");
        Assert.Empty((await bolt.GetAsync("/v1/sessions?ref=shared")).GetProperty("data").EnumerateArray());
        Assert.NotEmpty(await _archive.DownloadAsync($"{Root}/recording.wav"));
    }

    [Theory]
    [InlineData("/v1/sessions?day=yesterday", 400, "invalid_request")]
    [InlineData("/v1/sessions?limit=0", 400, "invalid_request")]
    [InlineData("/v1/sessions?limit=many", 400, "invalid_request")]
    [InlineData("/v1/sessions?after=%25%25", 400, "invalid_request")]
    [InlineData("/v1/sessions?after=AAAA", 400, "invalid_request")]
    [InlineData("/v1/sessions?live=yes", 400, "invalid_request")]
    [InlineData("/v1/sessions?state=closed", 400, "invalid_request")]
    [InlineData("/v1/sessions?min_characters=-1", 400, "invalid_request")]
    [InlineData("/v1/sessions?text=0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz", 400, "invalid_request")]
    [InlineData("/v1/sessions?max_characters=1.5", 400, "invalid_request")]
    [InlineData("/v1/sessions?min_characters=2&max_characters=1", 400, "invalid_request")]
    [InlineData("/v1/sessions/none", 404, "session_not_found")]
    [InlineData("/v1/sessions/none/contexts/1/manifest", 404, "context_not_found")]
    [InlineData("/v1/sessions/none/contexts/0/manifest", 404, "not_found")]
    [InlineData("/v1/nothing", 404, "not_found")]
    public async Task BadRequest_IsOneClearProblem(string path, int status, string code)
        => await _archive.RefusedAsync(HttpMethod.Get, path, (HttpStatusCode)status, code);

    [Fact]
    public async Task NoKeyOrWrongMethod_IsAProblem()
    {
        await _archive.RefusedAsync(HttpMethod.Post, "/v1/sessions", HttpStatusCode.MethodNotAllowed, "method_not_allowed");
        using var unknown = new ArchiveClient(fixture.Service, "unknown");
        await unknown.RefusedAsync(HttpMethod.Get, "/v1/sessions", HttpStatusCode.Unauthorized, "unauthorized");
    }

    // Two contexts, the first with two segments.
    private async Task<(byte[][] One, byte[] Two)> SpeakAsync(string query = "")
    {
        await using var client = await ArchiveClient.SpeakAsync(fixture.Service, $"session_id={_session}{query}");
        await client.PushAsync("one", "First it.", flush: true);
        await client.PushAsync("one", "Then that.", more: false);
        var one = await client.WhenEndedAsync("one");
        await client.PushAsync("two", "Goodbye.", more: false);
        var two = await client.WhenEndedAsync("two");
        await WhenFinishedAsync();
        return ([one.AudioOf(1), one.AudioOf(2)], two.Audio);
    }

    private async Task WhenFinishedAsync()
    {
        await TtsGrains.Testing.Eventually.IsTrueAsync(() => fixture.Service.IsFinished(_session), Token);
        await fixture.Service.WhenStoredAsync(Token);
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
