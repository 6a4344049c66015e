using System.Text;
using TtsGrains.Client.Connections;
using TtsGrains.Client.Contexts;
using TtsGrains.Client.Events;
using TtsGrains.Client.Tests.Scripted;

namespace TtsGrains.Client.Tests.Connections;

public sealed class ResumeTests
{
    private const string First = "Stay hungry, stay foolish. ";
    private const string Second = "Keep looking, don't settle.";

    // Eight chunks, two flushes and the end; four pushes and flushes, and the end.
    private const int Frames = 11;
    private const int Messages = 5;

    public static TheoryData<int> EveryFrame => [.. Enumerable.Range(0, Frames)];

    public static TheoryData<int> EveryMessage => [.. Enumerable.Range(0, Messages)];

    [Theory]
    [MemberData(nameof(EveryFrame))]
    public async Task Context_SocketCutAtAFrame_EveryEventComesOnce(int frame)
    {
        await using var service = await ScriptedService.StartAsync(cutsAtFrame: n => n == frame);

        await AssertSpeaksAsync(service);

        Assert.Equal(2, service.Sockets.Count);
    }

    [Fact]
    public async Task Context_SocketCutBeforeEverySecondFrame_EveryEventComesOnce()
    {
        await using var service = await ScriptedService.StartAsync(cutsAtFrame: n => n % 2 == 1, politely: true);

        await AssertSpeaksAsync(service);

        Assert.True(service.Sockets.Count >= Frames, $"{service.Sockets.Count} sockets");
    }

    [Theory]
    [MemberData(nameof(EveryMessage))]
    public async Task Context_SocketCutBeforeAMessageIsTaken_NothingIsLostOrSaidTwice(int message)
    {
        await using var service = await ScriptedService.StartAsync(cutsAtMessage: n => n == message);

        await AssertSpeaksAsync(service);
    }

    [Fact]
    public async Task TwoContexts_SocketCutAgainAndAgain_BothAreResumed()
    {
        await using var service = await ScriptedService.StartAsync(cutsAtFrame: n => n % 3 == 2, cutsAtMessage: n => n % 7 == 3, politely: true);
        await using var client = Scene.NewClient(service.Url);
        await using var one = client.Open("one");
        await using var two = client.Open("two:colon & space");

        var read = await Task.WhenAll(SayAndReadAsync(one), SayAndReadAsync(two));

        Assert.All(read, events => Assert.Equal(First + Second, Encoding.UTF8.GetString(events.Audio())));
        Assert.Equal(First + Second, service.Find("two:colon & space")!.Text);
    }

    [Fact]
    public async Task Context_ForgottenAfterItWasHeard_FailsWithTheServicesReason()
    {
        await using var service = await ScriptedService.StartAsync(cutsAtFrame: n => n == 3, forgets: true, politely: true);
        await using var client = Scene.NewClient(service.Url);
        await using var context = client.Open("c");

        var events = new List<TtsEvent>();
        var saying = context.SayAsync(First, Second);
        var failure = await Assert.ThrowsAsync<TtsException>(async () =>
        {
            await foreach (var item in context.ReadAsync(Scene.Stop))
            {
                events.Add(item);
            }
        });

        Assert.Equal((404, "context_not_found", "r1"), (failure.Status, failure.Code, failure.RequestId));
        Assert.Equal(3, events.Count);
        await Record.ExceptionAsync(() => saying);

        // Received text is not sent again.
        Assert.Null(service.Find("c"));
    }

    [Fact]
    public async Task Context_ForgottenBeforeItWasHeard_IsSaidAnew()
    {
        await using var service = await ScriptedService.StartAsync(cutsAtFrame: n => n == 0, forgets: true);

        await AssertSpeaksAsync(service);
    }

    [Fact]
    public async Task Context_WithoutSessionsCutBeforeItWasHeard_IsSaidAnew()
    {
        await using var service = await ScriptedService.StartAsync(cutsAtFrame: n => n == 0, hasSessions: false);

        await AssertSpeaksAsync(service);
    }

    [Fact]
    public async Task Contexts_WithoutSessionsCut_TheHeardOneFailsAndTheNextConnectsAnew()
    {
        await using var service = await ScriptedService.StartAsync(cutsAtFrame: n => n == 2, hasSessions: false, politely: true);
        await using var client = Scene.NewClient(service.Url);
        await using (var context = client.Open("c"))
        {
            var saying = context.SayAsync(First, Second);
            var failure = await Assert.ThrowsAsync<TtsException>(context.ReadAllAsync);
            Assert.Equal((0, "connection_lost"), (failure.Status, failure.Code));
            await Record.ExceptionAsync(() => saying);
        }

        await using var next = client.Open("d");
        Assert.Equal(First, Encoding.UTF8.GetString((await SayAndReadAsync(next, First)).Audio()));
        Assert.Null(client.SessionId);
    }

    [Fact]
    public async Task Context_PolicyForbidsToReconnect_FailsWithTheFirstLoss()
    {
        await using var service = await ScriptedService.StartAsync(cutsAtFrame: n => n == 2, politely: true);
        await using var client = Scene.NewClient(service.Url, ReconnectPolicy.None);
        await using var context = client.Open("c");

        var saying = context.SayAsync(First, Second);
        var failure = await Assert.ThrowsAsync<TtsException>(context.ReadAllAsync);

        Assert.Equal("connection_lost", failure.Code);
        Assert.Single(service.Sockets);
        await Record.ExceptionAsync(() => saying);
    }

    [Fact]
    public async Task Context_ServiceRefusesTheKey_FailsAtOnceWithStatus401()
    {
        await using var service = await ScriptedService.StartAsync();
        service.Refusal = 401;
        await using var client = Scene.NewClient(service.Url);
        await using var context = client.Open("c");

        var failure = await Assert.ThrowsAsync<TtsException>(context.ReadAllAsync);

        Assert.Equal((401, "unauthorized"), (failure.Status, failure.Code));
    }

    [Fact]
    public async Task Client_Resuming_NamesTheSessionAndThePositions()
    {
        await using var service = await ScriptedService.StartAsync(cutsAtFrame: n => n == 4, politely: true);
        await using var client = Scene.NewClient(service.Url);
        await using var context = client.Open("c");
        await SayAndReadAsync(context);

        var (first, second) = (service.Sockets[0], service.Sockets[1]);
        Assert.Equal("true", first.Query["offsets"]);
        Assert.False(first.Query.ContainsKey("resume"));
        Assert.Equal("Bearer demo", first.Headers["Authorization"]);
        Assert.Equal("2026-08-14", first.Headers["Cartesia-Version"]);
        Assert.Equal(ScriptedService.SessionId, second.Query["session_id"]);
        Assert.Equal("c:4", second.Query["resume"]);
        Assert.Equal(ScriptedService.SessionId, client.SessionId);
    }

    private static async Task AssertSpeaksAsync(ScriptedService service)
    {
        await using var client = Scene.NewClient(service.Url);
        await using var context = client.Open("c");

        var events = await SayAndReadAsync(context);

        Assert.Equal(First + Second, Encoding.UTF8.GetString(events.Audio()));
        Assert.Equal([1, 2], events.OfType<FlushDoneEvent>().Select(flush => flush.FlushId!.Value));
        Assert.Equal(Frames, events.Count);
        Assert.IsType<DoneEvent>(events[^1]);
        Assert.Equal(First + Second, service.Find("c")!.Text);
    }

    private static Task<List<TtsEvent>> SayAndReadAsync(TtsContext context) => SayAndReadAsync(context, First, Second);

    private static async Task<List<TtsEvent>> SayAndReadAsync(TtsContext context, params string[] texts)
    {
        var reading = context.ReadAllAsync();
        await context.SayAsync(texts);
        return await reading;
    }
}
