using TtsGrains.Grains.Tenants;
using Xunit;

namespace TtsGrains.Grains.Tests.Tenants;

public sealed class TokenRevocationStateTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    private readonly TokenRevocationState _state = new();

    [Fact]
    public void TryAdd_KeepsATokenUntilItHasExpiredOnEveryClock()
    {
        Assert.True(_state.TryAdd("acme", "a", Life, Start));
        Assert.True(_state.TryAdd("acme", "b", Life, Start + Life));
        Assert.Equal(["acme/a", "acme/b"], _state.Tokens.Keys.Order());

        Assert.True(_state.TryAdd("acme", "c", Life, Start + Life + TimeSpan.FromMinutes(5)));

        Assert.Equal((3, "acme/b,acme/c"), (_state.Version, string.Join(',', _state.Tokens.Keys.Order())));
    }

    [Fact]
    public void TryAdd_ATokenTwice_DoesNotKeepItLonger()
    {
        _state.TryAdd("acme", "a", Life, Start);
        var end = _state.Tokens["acme/a"];

        Assert.True(_state.TryAdd("acme", "a", Life, Start + TimeSpan.FromMinutes(1)));

        Assert.Equal(end, _state.Tokens["acme/a"]);
    }

    [Fact]
    public void TryAdd_MoreThanATenantMayHave_ChangesNothing_AndHindersNoOther()
    {
        for (var i = 0; i < TokenRevocationState.MostOfATenant; i++)
        {
            Assert.True(_state.TryAdd("acme", $"{i}", Life, Start));
        }

        Assert.False(_state.TryAdd("acme", "more", Life, Start));

        Assert.Equal((TokenRevocationState.MostOfATenant, TokenRevocationState.MostOfATenant), (_state.Version, _state.Tokens.Count));
        Assert.True(_state.TryAdd("acme", "0", Life, Start));
        Assert.True(_state.TryAdd("acme2", "more", Life, Start));
        Assert.True(_state.TryAdd("acme", "more", Life, Start + (2 * Life)));
    }
}
