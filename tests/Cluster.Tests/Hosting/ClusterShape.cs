namespace TtsGrains.Cluster.Tests.Hosting;

/// <summary>What a test's cluster is like.</summary>
public sealed record ClusterShape
{
    public int Silos { get; init; } = 3;

    public int Apis { get; init; } = 2;

    /// <summary>Settings of every member, with colons as in the configuration.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Settings of one member beside.</summary>
    public Func<string, IEnumerable<KeyValuePair<string, string>>> SettingsOf { get; init; } = _ => [];
}
