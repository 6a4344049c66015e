using System.Collections.Immutable;

namespace TtsGrains.Grains.Interfaces.Operations;

/// <summary>The hosts of the cluster as they report themselves (key: <see cref="Key"/>). Nothing is stored: hosts report again and again.</summary>
[Alias("tts.IOperationsGrain")]
public interface IOperationsGrain : IGrainWithStringKey
{
    /// <summary>The key of the only one.</summary>
    const string Key = "cluster";

    /// <summary>Replaces the report of one host.</summary>
    [Alias("report")]
    Task ReportAsync(HostReport report);

    /// <summary>Returns the reports of all hosts, each with what concerns one tenant only.</summary>
    [Alias("list")]
    Task<ImmutableArray<HostReport>> ListAsync(string tenant);
}

/// <summary>How long a host's report is kept.</summary>
public static class HostReports
{
    /// <summary>How often a host reports.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(2);

    /// <summary>A host that reported nothing for this long is forgotten.</summary>
    public static TimeSpan Length { get; } = TimeSpan.FromSeconds(60);
}
