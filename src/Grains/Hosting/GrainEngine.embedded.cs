using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Grains.Hosting;

/// <summary>The engine that runs the grains: here the embedded one, in one process.</summary>
public static class GrainEngine
{
    /// <summary>The storage of grain state.</summary>
    public const string Storage = "tts";

    /// <summary>The streams that carry what is said to those who listen in.</summary>
    public const string Streams = "tts-streams";

    /// <summary>What the ready line and the logs call it.</summary>
    public static string Name => "embedded";

    /// <summary>Why processes of this build cannot form a cluster; null when they can.</summary>
    public static string? WhyNoCluster
        => "this build runs on the embedded grain engine, which lives in one process; a cluster needs a build on Microsoft Orleans (GrainEngine=orleans).";

    /// <summary>Hosts a silo in this process.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="dataDirectory">Where grain state is kept.</param>
    /// <param name="cluster">Unused here: this engine is always alone.</param>
    public static void AddGrainEngine(this IHostApplicationBuilder builder, string dataDirectory, ClusterSettings cluster)
    {
        _ = cluster;
        builder.Services.AddSingleton<ISiloRoster, LoneSilo>();
        builder.UseOrleans(silo =>
        {
            silo.AddFileGrainStorage(Storage, Path.Combine(dataDirectory, "grains"));
            silo.AddMemoryStreams(Streams);
        });
    }

    private sealed class LoneSilo(ILocalSiloDetails silo) : ISiloRoster
    {
        public IReadOnlyCollection<string> Present { get; } = [silo.SiloAddress.ToString()];

        public bool HasGrains => true;

        public bool IsGone(string silo) => false;
    }
}
