using System.Net;
using System.Text;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Sessions;

/// <summary>A listener that was away, by its bookmark: nothing is missing, nothing comes twice.</summary>
public sealed class ReturningTests(ServiceFixture fixture)
{
    private readonly string _session = $"call-{Guid.NewGuid():N}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Live_ContextsBegunWhileItWasAway_AreHeardFromTheirStart()
    {
        await using var owner = await SocketClient.ConnectAsync(fixture.Service, session: _session);
        await SayAsync(owner, "before", "Said before anyone listened.");
        await owner.PushAsync("silent", "Said before. ");
        await owner.WhenAsync("silent", heard => heard.Text.Length == 13);
        await owner.PushAsync("heard", "Before too. ");
        await owner.WhenAsync("heard", heard => heard.Text.Length == 12);

        var lost = await ListenAsync("bookmarks=true");
        await lost.WhenAsync(listener => listener.Bookmark is not null);
        await owner.PushAsync("heard", "One, ");
        await lost.WhenAsync(listener => listener.Of("heard").Count > 0);
        await SayAsync(owner, "whole", "Heard whole.");
        await lost.WhenAsync(listener => IsOver(listener, "whole") && listener.Bookmark!.StartsWith("4,", StringComparison.Ordinal));
        await lost.DisposeAsync();

        await owner.PushAsync("heard", "two.", more: false);
        await owner.PushAsync("silent", "Said while away.", more: false);
        await SayAsync(owner, "away", "Begun and over while away.");
        await owner.PushAsync("begun", "Begun while away, ");
        await owner.WhenEndedAsync("heard");
        await owner.WhenEndedAsync("silent");
        var position = lost.OffsetsOf("heard")[^1] + 1;
        await using var back = await ListenAsync($"bookmarks=true&since={Uri.EscapeDataString(lost.Bookmark!)}&from=heard:{position}");
        await owner.PushAsync("begun", "and on.", more: false);
        await owner.WhenEndedAsync("begun");
        await owner.CloseAsync();
        await back.WhenClosedAsync();

        Assert.Equal("One, two.", TextOf(lost, "heard") + TextOf(back, "heard"));
        Assert.Equal("Said while away.", TextOf(back, "silent"));
        Assert.Equal("Begun and over while away.", TextOf(back, "away"));
        Assert.Equal("Begun while away, and on.", TextOf(back, "begun"));
        Assert.Empty(back.Of("before"));
        Assert.Empty(back.Of("whole"));
        Assert.Equal("6", back.Bookmark);
    }

    [Fact]
    public async Task Live_LostAgainAndAgain_HearsAllOnce()
    {
        await using var owner = await SocketClient.ConnectAsync(fixture.Service, session: _session);
        await SayAsync(owner, "before", "Said before anyone listened.");
        var since = "from=live";
        var heard = new List<string>();
        for (var i = 0; i < 8; i++)
        {
            // Its bookmark is the last word that it had; what came behind it comes again.
            await using var listener = await ListenAsync($"bookmarks=true&{since}");
            await listener.WhenAsync(l => l.Bookmark == (i == 0 ? "1" : $"{(2 * i) + 1}"));
            heard.AddRange(listener.Events.Where(e => e.GetProperty("type").GetString() == "done").Select(e => e.GetProperty("context_id").GetString()!));
            since = $"since={listener.Bookmark}";
            listener.Abort();
            await SayAsync(owner, $"first {i}", "One.");
            await SayAsync(owner, $"second {i}", "Two.");
        }

        Assert.Equal(Enumerable.Range(0, 7).SelectMany(i => (string[])[$"first {i}", $"second {i}"]), heard);
    }

    [Fact]
    public async Task IdUsedAgainWhileItWasAway_TheRestOfTheFirstAndThenTheSecondAreHeard()
    {
        await using var owner = await SocketClient.ConnectAsync(fixture.Service, session: _session);
        await owner.PushAsync("same", "One, ");
        var lost = await ListenAsync("bookmarks=true&from=start");
        await lost.WhenAsync(listener => listener.Of("same").Count > 0);
        await lost.DisposeAsync();
        await owner.PushAsync("same", "two.", more: false);
        await owner.WhenEndedAsync("same");
        await SayAsync(owner, "same", "A second life.");

        await using var back = await ListenAsync($"since={Uri.EscapeDataString(lost.Bookmark!)}&from=same:{lost.OffsetsOf("same")[^1] + 1}");
        await owner.CloseAsync();
        await back.WhenClosedAsync();

        Assert.Equal("One, two.A second life.", TextOf(lost, "same") + TextOf(back, "same"));
    }

    [Fact]
    public async Task SessionBegunAnewAfterItsErasure_IsHeardFromItsStart()
    {
        await using var owner = await SocketClient.ConnectAsync(fixture.Service, session: _session);
        await SayAsync(owner, "first", "Said.");
        await using var back = await ListenAsync("since=7,5:12&from=gone:3");
        await owner.CloseAsync();
        await back.WhenClosedAsync();

        Assert.Equal("Said.", TextOf(back, "first"));
    }

    [Fact]
    public async Task WithoutTheWish_NobodyIsToldOfBookmarks()
    {
        await using var owner = await SocketClient.ConnectAsync(fixture.Service, session: _session);
        await using var listener = await ListenAsync("from=start");
        await SayAsync(owner, "hello", "Said.");
        await owner.CloseAsync();
        await listener.WhenClosedAsync();

        Assert.Equal("Said.", TextOf(listener, "hello"));
        Assert.Null(listener.Bookmark);
    }

    [Fact]
    public async Task ServerSentEvents_NameTheBookmark()
    {
        await using var owner = await SocketClient.ConnectAsync(fixture.Service, session: _session);
        await SayAsync(owner, "hello", "Said.");
        await owner.CloseAsync();
        await owner.WhenClosedAsync();
        using var response = await GetAsync("bookmarks=true&from=start");

        var text = await response.Content.ReadAsStringAsync(Cancellation);

        var bookmarks = EventStream.Read(Encoding.UTF8.GetBytes(text)).Where(heard => heard.GetProperty("type").GetString() == "bookmark").Select(heard => heard.GetProperty("since").GetString());
        Assert.Equal(["1,1:0", "1"], bookmarks);
    }

    [Theory]
    [InlineData("since=yesterday", "since must be")]
    [InlineData("since=1,1:500", "offset 500 is asked for of a context that has")]
    public async Task BadBookmark_IsOneClearProblem(string query, string detail)
    {
        await using var owner = await SocketClient.ConnectAsync(fixture.Service, session: _session);
        await SayAsync(owner, "hello", "Said.");
        using var response = await GetAsync(query);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains("\"error_code\":\"invalid_request\"", problem, StringComparison.Ordinal);
        Assert.Contains(detail, problem, StringComparison.Ordinal);
    }

    private static bool IsOver(ListenerClient listener, string contextId) => listener.Of(contextId).Any(e => e.GetProperty("done").GetBoolean());

    private static string TextOf(ListenerClient listener, string contextId) => ScriptedAudio.TextOf(listener.AudioOf(contextId));

    private static async Task SayAsync(SocketClient owner, string contextId, string text)
    {
        await owner.PushAsync(contextId, text, more: false);
        await owner.WhenAsync(contextId, heard => heard.IsDone && heard.Text == text);
    }

    private Task<ListenerClient> ListenAsync(string query) => ListenerClient.ConnectAsync(fixture.Service, _session, query);

    private async Task<HttpResponseMessage> GetAsync(string query)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{fixture.Service.Http}v1/sessions/{_session}/audio?{query}");
        request.Headers.Add("X-API-Key", $"{RunningService.Acme}-key");
        request.Headers.Add("Accept", "text/event-stream");
        return await http.SendAsync(request, Cancellation);
    }
}
