using TtsGrains.Grains.Interfaces.Tenants;
using TtsGrains.Grains.Tenants;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Grains.Tests.Tenants;

public sealed class TenantBookTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly TenantBook _book;

    public TenantBookTests() => _book = new TenantBook(_time);

    [Fact]
    public void TryAdmit_AtTheLimit_IsRefusedUntilAContextIsReleased()
    {
        Assert.True(_book.TryAdmit("a", limit: 2));
        Assert.True(_book.TryAdmit("b", limit: 2));
        Assert.False(_book.TryAdmit("c", limit: 2));

        _book.Release("a");

        Assert.True(_book.TryAdmit("c", limit: 2));
        Assert.Equal(2, _book.Count());
    }

    [Fact]
    public void TryAdmit_SameContextTwice_CountsOnce()
    {
        Assert.True(_book.TryAdmit("a", limit: 1));
        Assert.True(_book.TryAdmit("a", limit: 1));

        Assert.Equal(1, _book.Count());
        _book.Release("a");
        Assert.True(_book.IsEmpty);
    }

    [Fact]
    public void TryAdmit_LeaseOfAnotherExpired_TakesItsRoom()
    {
        _book.TryAdmit("lost", limit: 2);
        _time.Advance(TenantLease.Length / 2);
        _book.TryAdmit("alive", limit: 2);
        Assert.False(_book.TryAdmit("next", limit: 2));
        _time.Advance(TenantLease.Length / 2);

        Assert.True(_book.TryAdmit("next", limit: 2));
        Assert.False(_book.TryAdmit("more", limit: 2));
    }

    [Fact]
    public void Renew_BeyondTheLimit_CountsAll()
    {
        _book.TryAdmit("a", limit: 1);

        _book.Renew(["a", "b"]);

        Assert.Equal(2, _book.Count());
        Assert.False(_book.TryAdmit("c", limit: 2));
    }

    [Fact]
    public void Renew_BeforeTheEndOfTheLease_ExtendsIt()
    {
        _book.TryAdmit("a", limit: 1);
        _time.Advance(TenantLease.Length / 2);
        Assert.Equal(1, _book.Count());
        _book.Renew(["a"]);
        _time.Advance(TenantLease.Length / 2);

        Assert.Equal(1, _book.Count());
        _time.Advance(TenantLease.Length / 2);
        Assert.Equal(0, _book.Count());
    }

    [Fact]
    public void TryAdmit_ManyThreads_NeverExceedsTheLimit()
    {
        var admitted = 0;
        Parallel.For(0, 1000, i =>
        {
            if (_book.TryAdmit($"{i}", limit: 15))
            {
                Interlocked.Increment(ref admitted);
            }
        });

        Assert.Equal((15, 15), (admitted, _book.Count()));
    }
}
