using Microsoft.Extensions.Configuration;
using TtsGrains.Grains.Upstreams;
using Xunit;

namespace TtsGrains.Grains.Tests.Upstreams;

public sealed class ShareRulesTests
{
    [Fact]
    public void Check_ReservesThatFit_AreNoFault()
        => Assert.Empty(Check("Upstreams:main:MaxContexts=20", "Tenants:a:ReservedContexts=15", "Tenants:b:ReservedContexts=5", "Tenants:b:BurstContexts=5"));

    [Fact]
    public void Check_ReservesAboveTheUpstreamsLimit_NamesTenantsAndLimit()
        => Assert.Equal(
            ["Tenants: ReservedContexts of a and b add up to 21; they must not exceed Upstreams:main:MaxContexts, which is 20."],
            Check("Upstreams:main:MaxContexts=20", "Tenants:a:ReservedContexts=15", "Tenants:b:ReservedContexts=6", "Tenants:c:Weight=3"));

    [Fact]
    public void Check_CountsTheTenantsThatUseTheUpstream()
        => Assert.Equal(
            ["Tenants: ReservedContexts of own add up to 8; they must not exceed Upstreams:private:MaxContexts, which is 7."],
            Check(
                "Upstreams:main:MaxContexts=10",
                "Upstreams:private:MaxContexts=7",
                "Upstreams:private:Shared=false",
                "Tenants:own:Upstreams:0=private",
                "Tenants:own:ReservedContexts=8",
                "Tenants:all:ReservedContexts=9"));

    [Fact]
    public void Check_UpstreamWithoutALimit_KeepsAnyNumber()
        => Assert.Empty(Check("Upstreams:main:Url=wss://tts.test/", "Tenants:a:ReservedContexts=500"));

    [Fact]
    public void Check_BurstBelowTheReserve_NamesBoth()
        => Assert.Equal(["Tenants:a:BurstContexts is 4; it must be at least ReservedContexts, which is 5."], Check("Tenants:a:ReservedContexts=5", "Tenants:a:BurstContexts=4"));

    private static IEnumerable<string> Check(params string[] settings)
        => ShareRules.Check(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => setting.Split('=', 2)).ToDictionary(pair => pair[0], string? (pair) => pair[1])).Build());
}
