namespace TtsGrains.Grains.Clustering;

/// <summary>How two clocks differ, as far as it can be told over a network.</summary>
/// <param name="Ahead">How far ours is ahead; negative when it is behind.</param>
/// <param name="Uncertainty">How far that may be off.</param>
internal readonly record struct ClockSkew(TimeSpan Ahead, TimeSpan Uncertainty)
{
    // Silos count each other as gone by these clocks after half a minute; a second leaves room, and every machine with NTP keeps it.
    private static readonly TimeSpan Tolerated = TimeSpan.FromSeconds(1);

    /// <summary>Whether it is more than clocks that are set over the network should show.</summary>
    public bool IsTooMuch => Ahead.Duration() - Uncertainty > Tolerated;

    /// <param name="asked">Our time when we asked.</param>
    /// <param name="theirs">What they answered.</param>
    /// <param name="roundTrip">How long that took: they read their clock some time within.</param>
    public static ClockSkew Of(DateTimeOffset asked, DateTimeOffset theirs, TimeSpan roundTrip) => new(asked + (roundTrip / 2) - theirs, roundTrip / 2);
}
