using System.Text.Json;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Sessions;

/// <summary>Live and archived sessions in one listing.</summary>
public sealed class ListingTests : IAsyncLifetime
{
    private RunningService? _service;
    private ArchiveClient? _archive;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private RunningService Service => _service!;

    private ArchiveClient Archive => _archive!;

    public async ValueTask InitializeAsync()
    {
        _service = await RunningService.StartAsync();
        _archive = new ArchiveClient(_service);
    }

    public async ValueTask DisposeAsync()
    {
        Archive.Dispose();
        await Service.DisposeAsync();
    }

    [Fact]
    public async Task Live_ConnectedClient_IsListedUntilItHasLeft()
    {
        await SpeakAsync("over", "Said before.");
        var client = await ConnectAsync("call", "&ref=caller");
        await WhenListedAsync("?live=true", ["call"]);
        await client.PushAsync("c", "Hello ");
        await client.WhenAsync("c", heard => heard.Audio.Length > 0);

        var listed = (await Archive.GetAsync("/v1/sessions?live=true")).GetProperty("data")[0];
        await client.PushAsync("c", "there.", more: false);
        await client.WhenEndedAsync("c");
        await LeaveAsync(client);

        Assert.Equal(("call", "caller", "open", true), (Text(listed, "session_id"), Text(listed, "ref"), Text(listed, "state"), listed.GetProperty("live").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, listed.GetProperty("finished_at").ValueKind);
        await WhenListedAsync("?live=true", []);
        await WhenListedAsync("", ["call", "over"]);
    }

    [Fact]
    public async Task List_LiveAndArchived_AreNewestFirstAndEachOnce()
    {
        await SpeakAsync("first", "One.");
        await using var second = await ConnectAsync("second");
        await SayAsync(second, "c", "Two, and still there.");
        await SpeakAsync("third", "Three.");
        await using var fourth = await ConnectAsync("fourth");
        await WhenListedAsync("?live=true", ["fourth", "second"]);

        await WhenListedAsync("", ["fourth", "third", "second", "first"]);
        var pages = await PagesAsync("limit=1");

        Assert.Equal(["fourth", "third", "second", "first"], pages.SelectMany(page => page).Select(session => Text(session, "session_id")));
        Assert.All(pages, page => Assert.Single(page));
        var starts = pages.SelectMany(page => page).Select(session => session.GetProperty("started_at").GetDateTimeOffset()).ToList();
        Assert.Equal(starts.OrderDescending(), starts);
        Assert.Equal([true, false, true, false], pages.SelectMany(page => page).Select(session => session.GetProperty("live").GetBoolean()));
        Assert.Equal(["third", "first"], await ListAsync("?live=false"));
    }

    [Fact]
    public async Task Pages_SessionsThatBeginAndEndMeanwhile_NeitherRepeatNorHideOthers()
    {
        await SpeakAsync("one", "One.");
        var two = await ConnectAsync("two");
        await SayAsync(two, "c", "Two.");
        await SpeakAsync("three", "Three.");
        await WhenListedAsync("", ["three", "two", "one"]);
        var first = await Archive.GetAsync("/v1/sessions?limit=1");

        await using var late = await ConnectAsync("late");
        await LeaveAsync(two);
        await WhenListedAsync("?live=true", ["late"]);
        var rest = await Archive.GetAsync($"/v1/sessions?limit=10&after={Text(first, "next")}");

        Assert.Equal(["three"], IdsOf(first));
        Assert.Equal(["two", "one"], IdsOf(rest));
        Assert.Equal(JsonValueKind.Null, rest.GetProperty("next").ValueKind);
    }

    [Fact]
    public async Task Filters_SelectSessions()
    {
        (string Query, string Expected)[] cases =
        [
            ("?state=open", "busy"),
            ("?state=finished", "idle,long,short"),
            ("?state=finished&live=true", "idle"),
            ("?state=open&live=false", ""),
            ("?min_characters=10", "long"),
            ("?max_characters=9&live=false", "short"),
            ("?min_characters=6&max_characters=6", "short"),
            ("?ref=caller", "busy,short"),
            ("?ref=caller&live=false", "short"),
            ("?ref=caller&day={today}", "busy,short"),
            ("?ref=caller&day=2001-01-01", ""),
            ("?ref=unknown", ""),
            ("?day={today}", "busy,idle,long,short"),
            ("?day=2001-01-01", ""),
            ("?live=true&day={today}", "busy,idle"),
            ("?text=LONGER%20other", "long"),
            ("?text=hello", "short"),
            ("?text=hello%20longer", ""),
            ("?text=hello&min_characters=7", ""),
            ("?text=%20", "busy,idle,long,short"),
        ];
        await SpeakAsync("short", "Hello.", "&ref=caller");
        await SpeakAsync("long", "A longer text than the other.");
        await using var silent = await ConnectAsync("idle");
        await using var speaking = await ConnectAsync("busy", "&ref=caller");
        await speaking.PushAsync("c", "Not yet ");
        await speaking.WhenAsync("c", heard => heard.Audio.Length > 0);
        await WhenListedAsync("?live=true", ["busy", "idle"]);

        foreach (var (query, expected) in cases)
        {
            var listed = await ListAsync(query.Replace("{today}", DateTimeOffset.UtcNow.ToString("yyyy-MM-dd", null), StringComparison.Ordinal));

            Assert.Equal($"{query}: {expected}", $"{query}: {string.Join(',', listed)}");
        }
    }

    [Fact]
    public async Task Filters_PageByPage_FindTheSame()
    {
        foreach (var number in Enumerable.Range(1, 6))
        {
            await SpeakAsync($"s{number}", number % 2 == 0 ? "Even." : "An odd number.");
        }

        var pages = await PagesAsync("min_characters=6&limit=2");

        Assert.Equal(["s5", "s3", "s1"], pages.SelectMany(page => page).Select(session => Text(session, "session_id")));
    }

    [Fact]
    public async Task Live_LostClientThatMayComeBack_IsListedUntilItIsWaitedForNoLonger()
    {
        await using var service = await RunningService.StartAsync("Contexts:ReconnectTimeout=00:00:01");
        using var archive = new ArchiveClient(service);
        var client = await ArchiveClient.SpeakAsync(service, "session_id=lost");
        await WhenListedAsync(archive, "?live=true", ["lost"]);

        await client.DisposeAsync();
        Assert.Equal(["lost"], IdsOf(await archive.GetAsync("/v1/sessions?live=true")));

        await WhenListedAsync(archive, "?live=true", []);
    }

    [Theory]
    [InlineData("/tts/bytes")]
    [InlineData("/tts/sse")]
    public async Task Live_SpeechOverHttp_IsListedWhileItIsSpoken(string path)
    {
        var mayAnswer = new TaskCompletionSource();
        Service.Upstream.When("Over HTTP.", async (context, message) =>
        {
            await mayAnswer.Task;
            await ScriptedContext.Answer(context, message);
        });
        using var http = new HttpClient { BaseAddress = Service.Http };
        http.DefaultRequestHeaders.Add("X-API-Key", $"{RunningService.Acme}-key");
        var speaking = http.PostAsync($"{path}?session_id=http", new StringContent(SocketClient.Message("c", "Over HTTP.").ToJsonString()), Token);
        await WhenListedAsync("?live=true", ["http"]);

        mayAnswer.SetResult();
        using var response = await speaking;
        await response.Content.ReadAsByteArrayAsync(Token);

        await WhenListedAsync("?live=true", []);
    }

    [Fact]
    public async Task Live_AnotherTenantsSessions_AreNotListed()
    {
        await using var acme = await ConnectAsync("of acme");
        await using var bolt = await ArchiveClient.SpeakAsync(Service, "session_id=of%20bolt", RunningService.Bolt);
        using var archive = new ArchiveClient(Service, RunningService.Bolt);
        await WhenListedAsync("?live=true", ["of acme"]);
        await WhenListedAsync(archive, "?live=true", ["of bolt"]);

        Assert.Equal(["of acme"], await ListAsync(""));
    }

    [Fact]
    public async Task Show_LiveSession_SaysSo()
    {
        await using var client = await ConnectAsync("call");
        await SpeakAsync("over", "Said.");

        Assert.True((await Archive.GetAsync("/v1/sessions/call")).GetProperty("live").GetBoolean());
        Assert.False((await Archive.GetAsync("/v1/sessions/over")).GetProperty("live").GetBoolean());
    }

    [Fact]
    public async Task Documents_OfTheArchiveAndTheApi_HaveTheSameMembers()
    {
        await SpeakAsync("call", "The same words.", "&ref=caller");
        var shown = await Archive.GetAsync("/v1/sessions/call");
        var manifest = await Archive.GetAsync("/v1/sessions/call/contexts/1/manifest");
        var file = Path.Combine(Service.ArchiveFolder, "acme", "sessions", "call", "session.json");
        await Eventually.IsTrueAsync(() => File.Exists(file), Token);
        using var record = JsonDocument.Parse(await File.ReadAllBytesAsync(file, Token));

        Same(shown, record.RootElement, "session_id", "ref", "started_at", "finished_at", "totals");
        Same(shown.GetProperty("contexts")[0], record.RootElement.GetProperty("contexts")[0], "ordinal", "context_id", "outcome", "duration_ms", "characters");
        Same(shown.GetProperty("contexts")[0], manifest, "ordinal", "context_id", "outcome", "duration_ms", "characters");
        Same(shown.GetProperty("contexts")[0].GetProperty("segments")[0], manifest.GetProperty("segments")[0], "flush_id", "ending", "duration_ms", "sha256");
        Assert.Equal("call", Text(manifest, "session_id"));
    }

    private static void Same(JsonElement one, JsonElement other, params string[] members)
        => Assert.Equal(members.Select(member => $"{member} {Compact(one.GetProperty(member))}"), members.Select(member => $"{member} {Compact(other.GetProperty(member))}"));

    // Files are indented.
    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);

    private Task<SocketClient> ConnectAsync(string session, string query = "")
        => ArchiveClient.SpeakAsync(Service, $"session_id={Uri.EscapeDataString(session)}{query}");

    private static async Task SayAsync(SocketClient client, string context, string text)
    {
        await client.PushAsync(context, text, more: false);
        await client.WhenEndedAsync(context);
    }

    private static async Task LeaveAsync(SocketClient client)
    {
        await client.CloseAsync();
        await client.WhenClosedAsync();
        await client.DisposeAsync();
    }

    // A session that is over, and in the archive.
    private async Task SpeakAsync(string session, string text, string query = "")
    {
        var client = await ConnectAsync(session, query);
        await SayAsync(client, "c", text);
        await LeaveAsync(client);
        await Eventually.IsTrueAsync(() => Service.IsFinished(session), Token);
        await Service.WhenStoredAsync(Token);
    }

    private Task WhenListedAsync(string query, string[] sessions) => WhenListedAsync(Archive, query, sessions);

    private static Task WhenListedAsync(ArchiveClient archive, string query, string[] sessions)
        => Eventually.IsAsync(async () => string.Join(',', IdsOf(await archive.GetAsync($"/v1/sessions{query}"))), string.Join(',', sessions), Token);

    private async Task<IEnumerable<string>> ListAsync(string query) => IdsOf(await Archive.GetAsync($"/v1/sessions{query}"));

    private async Task<List<JsonElement[]>> PagesAsync(string query)
    {
        var pages = new List<JsonElement[]>();
        string? next = null;
        do
        {
            var page = await Archive.GetAsync($"/v1/sessions?{query}" + (next is null ? "" : $"&after={next}"));
            pages.Add([.. page.GetProperty("data").EnumerateArray()]);
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);
        return pages;
    }

    private static IEnumerable<string> IdsOf(JsonElement page) => page.GetProperty("data").EnumerateArray().Select(session => Text(session, "session_id"));

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
