using System.Net;
using System.Text;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Sessions;

/// <summary>Server-sent events of a session as <c>EventSource</c> expects them.</summary>
public sealed class EventSourceTests(ServiceFixture fixture)
{
    private readonly string _session = $"call-{Guid.NewGuid():N}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Path => $"/v1/sessions/{_session}/audio";

    [Theory]
    [InlineData("?from=start")]
    [InlineData("?from=start&bookmarks=true")]
    [InlineData("?from=start&encoding=pcm_mulaw&sample_rate=16000")]
    public async Task Return_BehindAnyEventOfAFinishedSession_GetsTheRestOnceAndThen204(string query)
    {
        await SpeakAsync();
        await using var first = await EventSourceClient.ConnectAsync(fixture.Service, Path + query);
        await first.WhenAsync(read => read.IsEnded);
        var frames = first.Events.Where(received => received.Name != "bookmark").ToList();

        Assert.True(int.Parse(first.Retry!, null) > 0);
        Assert.All(first.Events, received => Assert.NotEmpty(received.Id));
        for (var i = 0; i < frames.Count - 1; i++)
        {
            var rest = (await EventSourceClient.ReadAllAsync(fixture.Service, Path + query, frames[i].Id)).Where(received => received.Name != "bookmark");

            // The samples that a change of the rate holds back come with the offset of the last chunk: who has had that chunk does not get them again.
            Assert.Equal(
                frames.Skip(i + 1).Select(received => received.Position).Distinct().Except(frames.Take(i + 1).Select(received => received.Position)).Order(),
                rest.Select(received => received.Position).Distinct().Order());
        }

        await using var last = await EventSourceClient.ConnectAsync(fixture.Service, Path + query, first.LastEventId);
        Assert.Equal(HttpStatusCode.NoContent, last.Status);
    }

    [Fact]
    public async Task Return_ToALiveSession_ContinuesAndHearsWhatBeganMeanwhile()
    {
        await using var owner = await SocketClient.ConnectAsync(fixture.Service, session: _session);
        await SayAsync(owner, "before", "Said before.");
        var lost = await EventSourceClient.ConnectAsync(fixture.Service, Path);
        await owner.PushAsync("long one", "One, ");
        await lost.WhenAsync(read => read.Events.Count > 0);
        await lost.DisposeAsync();
        await owner.PushAsync("long one", "two, ");
        await SayAsync(owner, "meanwhile", "Begun and over meanwhile.");

        await using var back = await EventSourceClient.ConnectAsync(fixture.Service, Path, lost.LastEventId);
        await back.WhenAsync(read => read.Events.Any(received => received.Position.StartsWith("meanwhile", StringComparison.Ordinal) && received.Name == "done"));
        await owner.PushAsync("long one", "three.", more: false);
        await owner.CloseAsync();
        await back.WhenAsync(read => read.IsEnded);

        var events = lost.Events.Concat(back.Events).ToList();
        Assert.Equal(events.Select(received => received.Position).Distinct(), events.Select(received => received.Position));
        Assert.Equal("One, two, three.", TextOf(events, "long one"));
        Assert.Equal("Begun and over meanwhile.", TextOf(events, "meanwhile"));
        Assert.Equal("", TextOf(events, "before"));
        await using var end = await EventSourceClient.ConnectAsync(fixture.Service, Path, back.LastEventId);
        Assert.Equal(HttpStatusCode.NoContent, end.Status);
    }

    [Fact]
    public async Task Return_BeforeTheFirstEvent_HearsWhatWasSaidMeanwhile()
    {
        await using var owner = await SocketClient.ConnectAsync(fixture.Service, session: _session);
        var lost = await EventSourceClient.ConnectAsync(fixture.Service, Path);
        await lost.WhenAsync(read => read.LastEventId.Length > 0);
        await lost.DisposeAsync();
        await SayAsync(owner, "next", "Heard.");

        await using var back = await EventSourceClient.ConnectAsync(fixture.Service, Path, lost.LastEventId);
        await owner.CloseAsync();
        await back.WhenAsync(read => read.IsEnded);

        Assert.Equal("Heard.", TextOf(back.Events, "next"));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("since=x")]
    [InlineData("from=c")]
    [InlineData("from=c:-1")]
    [InlineData("since=0&colour=blue")]
    [InlineData("7")]
    public async Task LastEventId_ThatIsNone_IsOneClearProblem(string id)
    {
        await SpeakAsync();
        using var archive = new ArchiveClient(fixture.Service);

        await archive.RefusedAsync(HttpMethod.Get, Path, HttpStatusCode.BadRequest, "invalid_request", request =>
        {
            request.Headers.Add("Accept", "text/event-stream");
            request.Headers.Add("Last-Event-ID", id);
        });
    }

    [Fact]
    public async Task Silence_IsBrokenByCommentsThatAreNoEvents()
    {
        await using var service = await RunningService.StartAsync("Listeners:KeepAliveInterval=00:00:00.2");
        await using var owner = await SocketClient.ConnectAsync(service, session: _session);
        await using var listener = await EventSourceClient.ConnectAsync(service, Path);

        await listener.WhenAsync(read => read.Comments >= 2);
        Assert.Empty(listener.Events);
        await SayAsync(owner, "c", "Now.");
        await listener.WhenAsync(read => read.Events.Any(received => received.Name == "done"));

        Assert.Equal("Now.", TextOf(listener.Events, "c"));
    }

    [Fact]
    public async Task TtsSse_WhileItsUpstreamIsSilent_GetsComments()
    {
        await using var service = await RunningService.StartAsync("Listeners:KeepAliveInterval=00:00:00.2");
        var mayEnd = new TaskCompletionSource();
        service.Upstream.When("Slow", async (context, message) =>
        {
            context.Chunk("Slow");
            await mayEnd.Task;
            context.Done();
        });
        await using var speech = await EventSourceClient.ConnectAsync(
            service, "/tts/sse", body: new StringContent(SocketClient.Message("c", "Slow").ToJsonString(), Encoding.UTF8, "application/json"));

        await speech.WhenAsync(read => read.Comments >= 2);
        mayEnd.SetResult();
        await speech.WhenAsync(read => read.IsEnded);

        Assert.Equal(["chunk", "done"], speech.Events.Select(received => received.Name));
        Assert.Equal("", speech.LastEventId);
    }

    private async Task SpeakAsync()
    {
        await using var owner = await SocketClient.ConnectAsync(fixture.Service, session: _session);
        await owner.PushAsync("a=1&b", "First. ", flush: true);
        await owner.PushAsync("c", "Between. ", more: false);
        await owner.WhenEndedAsync("c");
        await owner.PushAsync("a=1&b", "Last.", more: false);
        await owner.WhenEndedAsync("a=1&b");
        await SayAsync(owner, "d", "The end.");
        await owner.CloseAsync();
        await owner.WhenClosedAsync();
        await Eventually.IsTrueAsync(() => fixture.Service.IsFinished(_session), Cancellation);
    }

    private static async Task SayAsync(SocketClient owner, string contextId, string text)
    {
        await owner.PushAsync(contextId, text, more: false);
        await owner.WhenEndedAsync(contextId);
    }

    private static string TextOf(IEnumerable<ReceivedEvent> events, string contextId) => ScriptedAudio.TextOf([.. events
        .Where(received => received.Name == "chunk" && received.Data.GetProperty("context_id").GetString() == contextId)
        .SelectMany(received => received.Data.GetProperty("data").GetBytesFromBase64())]);
}
