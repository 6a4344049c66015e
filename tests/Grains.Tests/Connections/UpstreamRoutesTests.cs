using System.Text;
using TtsGrains.Grains.Connections;
using TtsGrains.Protocol.Frames;
using Xunit;

namespace TtsGrains.Grains.Tests.Connections;

public sealed class UpstreamRoutesTests
{
    private readonly UpstreamRoutes _routes;
    private readonly RecordingRoute _route = new();
    private readonly List<string> _freed = [];
    private int _stale;

    public UpstreamRoutesTests() => _routes = new UpstreamRoutes(() => _stale++, _freed.Add);

    [Fact]
    public void Deliver_ById_ReachesOnlyItsRoute()
    {
        var other = new RecordingRoute();
        _routes.Add("a", _route, "acme");
        _routes.Add("b", other, "acme");

        Assert.Equal(RouteResult.Delivered, Deliver("chunk", "a"));
        Assert.Equal([FrameKind.Chunk], _route.Frames);
        Assert.Empty(other.Frames);
    }

    [Theory]
    [InlineData("done")]
    [InlineData("error")]
    public void Deliver_Last_EndsTheRoute(string type)
    {
        _routes.Add("a", _route, "acme");

        Assert.Equal(RouteResult.Ended, Deliver(type, "a"));
        Assert.Equal(RouteResult.NoRoute, Deliver("chunk", "a"));
        Assert.Equal(0, _routes.Count);
        Assert.Single(_route.Frames);
        Assert.Equal(["acme"], _freed);
    }

    [Fact]
    public void Deliver_EndThatCameTooEarly_KeepsTheRouteUntilTheCheck()
    {
        _route.KeepsOpen = true;
        _routes.Add("a", _route, "acme");

        Assert.Equal(RouteResult.Delivered, Deliver("done", "a"));
        Assert.Equal(RouteResult.Delivered, Deliver("chunk", "a"));
        _routes.CheckSilence();
        Assert.Empty(_freed);
        _route.HasEnded = true;
        _routes.CheckSilence();
        _routes.CheckSilence();
        Assert.Equal(["acme"], _freed);
        Assert.Equal(0, _routes.Count);
        Assert.Equal(RouteResult.NoRoute, Deliver("chunk", "a"));
    }

    [Fact]
    public void Deliver_LastChunkSaysDone_EndsTheRoute()
    {
        _routes.Add("a", _route, "acme");
        Assert.True(ServerFrameParser.TryParse("""{"type":"chunk","context_id":"a","data":"AAAA","done":true}"""u8, out var frame));

        Assert.Equal(RouteResult.Ended, _routes.Deliver(frame));
        Assert.Equal(0, _routes.Count);
    }

    [Theory]
    [InlineData("stale")]
    [InlineData("A")]
    [InlineData("")]
    public void Deliver_UnknownId_HasNoRoute(string id)
    {
        _routes.Add("a", _route, "acme");

        Assert.Equal(RouteResult.NoRoute, Deliver("done", id));
        Assert.Empty(_route.Frames);
    }

    [Fact]
    public void Deliver_IdLongerThanAnyOfOurs_HasNoRoute() => Assert.Equal(RouteResult.NoRoute, Deliver("chunk", new string('a', 5000)));

    [Fact]
    public void Deliver_IdThatIsNoUtf8_HasNoRoute()
    {
        var frame = Encoding.UTF8.GetBytes("""{"type":"chunk","context_id":"a?"}""");
        frame[Array.IndexOf(frame, (byte)'?')] = 0xC3;
        if (ServerFrameParser.TryParse(frame, out var parsed))
        {
            Assert.Equal(RouteResult.NoRoute, _routes.Deliver(parsed));
        }
    }

    [Fact]
    public void Add_SameIdTwice_Throws()
    {
        _routes.Add("a", _route, "acme");

        Assert.Throws<InvalidOperationException>(() => _routes.Add("a", _route, "acme"));
    }

    [Fact]
    public void Drain_KeepsTheSlotButDropsTheFrames()
    {
        _routes.Add("a", _route, "acme");

        Assert.True(_routes.Drain("a"));
        Assert.False(_routes.Contains("a"));
        Assert.Equal(RouteResult.Delivered, Deliver("chunk", "a"));
        Assert.Equal(1, _routes.Count);
        Assert.Equal(RouteResult.Ended, Deliver("done", "a"));
        Assert.Empty(_route.Frames);
        Assert.Equal(1, _stale);
        Assert.Equal(0, _routes.Count);
        Assert.Equal(["acme"], _freed);
    }

    [Fact]
    public void End_OfADrainingContext_FreesItsSlotOnce()
    {
        _routes.Add("a", _route, "acme");
        _routes.Drain("a");

        _routes.End("a");
        _routes.End("a");

        Assert.Equal(["acme"], _freed);
        Assert.Equal(RouteResult.NoRoute, Deliver("done", "a"));
    }

    [Fact]
    public void Drain_Unknown_IsFalse() => Assert.False(_routes.Drain("a"));

    [Fact]
    public void Lose_TellsEveryoneOnceButThoseWhoDrain()
    {
        var drained = new RecordingRoute();
        _routes.Add("a", _route, "acme");
        _routes.Add("b", drained, "acme");
        _routes.Drain("b");

        Assert.Equal(2, _routes.Lose());
        Assert.Equal(0, _routes.Lose());
        Assert.Equal(1, _route.TimesLost);
        Assert.Equal(0, drained.TimesLost);
    }

    private RouteResult Deliver(string type, string id)
    {
        Assert.True(ServerFrameParser.TryParse(Encoding.UTF8.GetBytes($$"""{"type":"{{type}}","context_id":"{{id}}","data":"AAAA"}"""), out var frame));
        return _routes.Deliver(frame);
    }

    private sealed class RecordingRoute : IUpstreamRoute
    {
        public List<FrameKind> Frames { get; } = [];

        public int TimesLost { get; private set; }

        public void OnFrame(in ServerFrame frame) => Frames.Add(frame.Kind);

        public bool EndsWith(in ServerFrame frame) => !KeepsOpen;

        public bool CheckSilence()
        {
            SilenceChecks++;
            return HasEnded;
        }

        public bool KeepsOpen { get; set; }

        public bool HasEnded { get; set; }

        public int SilenceChecks { get; private set; }

        public void OnLost() => TimesLost++;
    }
}
