using TtsGrains.Grains.Sessions;
using Xunit;

namespace TtsGrains.Grains.Tests.Sessions;

public sealed class SessionAudienceTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Listeners_AreCountedOverAllSubscriptions()
    {
        var audience = new SessionAudience();
        audience.Set("a", 2, Start);
        audience.Set("b", 3, Start);
        audience.Set("a", 1, Start);

        Assert.Equal(4, audience.Count);
        audience.Set("a", 0, Start);
        audience.Set("b", 0, Start);
        Assert.True(audience.IsEmpty);
    }

    [Fact]
    public void Subscription_NotRenewed_Expires()
    {
        var audience = new SessionAudience();
        audience.Set("renewed", 1, Start.AddSeconds(60));
        audience.Set("dead", 1, Start.AddSeconds(30));

        audience.Expire(Start.AddSeconds(30));

        Assert.Equal(1, audience.Count);
    }

    [Fact]
    public void Owner_LostIsAwaited_GoneIsNot()
    {
        var owners = new SessionOwners();
        owners.Add("lost");
        owners.Remove("lost", awaitedUntil: Start.AddSeconds(30));

        Assert.True(owners.AreThere(Start.AddSeconds(29)));
        Assert.False(owners.AreThere(Start.AddSeconds(30)));

        owners.Add("gone");
        owners.Remove("gone", awaitedUntil: Start);
        Assert.False(owners.AreThere(Start));
    }
}
