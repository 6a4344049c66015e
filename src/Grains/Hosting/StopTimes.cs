using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace TtsGrains.Grains.Hosting;

/// <summary>A part of the host that may take its time to stop, by its settings. The host gives all of them theirs, one after the other.</summary>
public interface IStopTime
{
    /// <summary>The longest that it takes.</summary>
    TimeSpan StopTime { get; }
}

internal static class StopTimes
{
    /// <summary>For what no setting says: contexts are handed over, grains end, connections close.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Without this the host would cut its parts off after half a minute, whatever their settings. An orchestrator that kills is to be more patient still.
    /// </summary>
    public static void ExtendStopTimeout(this IServiceProvider services)
        => services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout
            = services.GetServices<IStopTime>().Aggregate(Rest, (sum, part) => sum + part.StopTime);
}
