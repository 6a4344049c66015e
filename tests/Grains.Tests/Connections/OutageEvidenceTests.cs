using TtsGrains.Grains.Connections;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Grains.Tests.Connections;

public sealed class OutageEvidenceTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly OutageEvidence _evidence;

    public OutageEvidenceTests()
    {
        _evidence = new OutageEvidence(needed: 3, _time);
        _evidence.AddTenant("acme");
    }

    [Fact]
    public void Add_IndependentRequestsOfTheOnlyTenant_AreEnough()
        => Assert.Equal([false, false, true], Requests.Independent(3).Select(request => _evidence.Add(request)));

    [Fact]
    public void Add_OneContextAgainAndAgain_CountsOnce()
    {
        for (var i = 0; i < 20; i++)
        {
            Assert.False(_evidence.Add(Requests.Of("acme", "call", "the same")));
        }

        Assert.Equal(1, _evidence.Count);
    }

    [Fact]
    public void Add_OneTextOfManySessionsAndTenants_CountsOnce()
    {
        for (var i = 0; i < 20; i++)
        {
            _evidence.AddTenant($"tenant-{i}");
            Assert.False(_evidence.Add(Requests.Of($"tenant-{i}", $"session-{i}", "the same")));
        }
    }

    [Fact]
    public void Add_ManyTextsOfOneSession_CountOnce()
        => Assert.All(Enumerable.Range(0, 20), i => Assert.False(_evidence.Add(Requests.Of("acme", "call", $"text {i}"))));

    [Fact]
    public void Add_ManyRequestsOfOneTenant_WhileOthersUseTheUpstream_AreNotEnough()
    {
        _evidence.AddTenant("bolt");

        Assert.All(Requests.Independent(20), request => Assert.False(_evidence.Add(request)));
        Assert.True(_evidence.Add(Requests.Of("bolt", "call", "text of another")));
    }

    [Fact]
    public void Add_OtherTenantWasThereLongAgo_OneTenantIsEnough()
    {
        _evidence.AddTenant("bolt");
        _time.Advance(TimeSpan.FromMinutes(9));
        _evidence.AddTenant("acme");
        _time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal([false, false, true], Requests.Independent(3).Select(request => _evidence.Add(request)));
    }

    /// <summary>A socket that is closed upon one text takes the contexts of others along.</summary>
    [Fact]
    public void Add_ContextsOfOneLostSocket_CountOnce()
    {
        _evidence.AddTenant("bolt");
        foreach (var request in Requests.Independent(10).Concat(Requests.Independent(10, "bolt")))
        {
            Assert.False(_evidence.Add(request, socket: 7));
        }

        Assert.Equal(1, _evidence.Count);
    }

    [Fact]
    public void Clear_AfterSpeech_StartsAnew()
    {
        var requests = Requests.Independent(3).ToArray();
        _evidence.Add(requests[0]);
        _evidence.Add(requests[1]);
        _evidence.Clear();

        Assert.False(_evidence.Add(requests[2]));
    }

    [Fact]
    public void Add_FailuresFarApart_AreNotOneOutage()
    {
        foreach (var request in Requests.Independent(10))
        {
            Assert.False(_evidence.Add(request));
            _time.Advance(TimeSpan.FromMinutes(1));
        }
    }
}
