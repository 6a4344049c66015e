using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Runtime.Placement;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Contexts.Ownership;
using TtsGrains.Grains.Health;
using TtsGrains.Grains.Hosting;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Grains.Interfaces.Contexts;
using Xunit;

namespace TtsGrains.Grains.Tests.Hosting;

public sealed class RunningSiloPlacementTests
{
    private static readonly SiloAddress Here = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 1), 1);
    private static readonly SiloAddress Other = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 2), 1);
    private static readonly GrainId Context = IdOf("acme");
    private static readonly GrainId WarmUpContext = IdOf(ContextKey.WarmUpTenant);
    private static readonly GrainId Session = GrainId.Create(GrainTypes.Session, "acme/call");

    private readonly WarmUpState _warmUp = new();
    private readonly SiloDrain _drain = new(new ContextLogs(), null!, TimeProvider.System, NullLogger<SiloDrain>.Instance);

    [Fact]
    public async Task Silo_ThatRuns_TakesAllThatItAsksFor()
    {
        Assert.Equal(Here, await PlaceAsync(Context));
        Assert.Equal(Here, await PlaceAsync(Session));
    }

    [Fact]
    public async Task Silo_ThatWarmsItsPath_TakesTheContextsOfTheWarmUpOnly()
    {
        _warmUp.IsPending = true;

        Assert.Equal(Other, await PlaceAsync(Context));
        Assert.Equal(Here, await PlaceAsync(WarmUpContext));
        Assert.Equal(Here, await PlaceAsync(Session));
    }

    [Fact]
    public async Task Silo_ThatStops_TakesNoContexts()
    {
        await _drain.RunAsync();

        Assert.Equal(Other, await PlaceAsync(Context));
        Assert.Equal(Other, await PlaceAsync(WarmUpContext));
        Assert.Equal(Here, await PlaceAsync(Session));
    }

    [Fact]
    public async Task Silo_ThatIsAlone_TakesContextsWhileItWarmsItsPath()
    {
        _warmUp.IsPending = true;

        Assert.Equal(Here, await PlaceAsync(Context, Here));
    }

    private static GrainId IdOf(string tenant) => GrainId.Create(GrainTypes.Context, new ContextKey(tenant, "call", "context", "socket.1").ToString());

    private Task<SiloAddress> PlaceAsync(GrainId grain, params SiloAddress[] silos) => new RunningSiloPlacement(_drain, _warmUp).OnAddActivation(
        new PreferLocalPlacement(), new PlacementTarget(grain, [], default, 0), new Cluster(silos.Length > 0 ? silos : [Here, Other]));

    private sealed class Cluster(SiloAddress[] silos) : IPlacementContext
    {
        public SiloAddress LocalSilo => Here;

        public SiloStatus LocalSiloStatus => SiloStatus.Active;

        public SiloAddress[] GetCompatibleSilos(PlacementTarget target) => silos;

        public IReadOnlyDictionary<ushort, SiloAddress[]> GetCompatibleSilosWithVersions(PlacementTarget target) => throw new NotSupportedException();
    }
}
