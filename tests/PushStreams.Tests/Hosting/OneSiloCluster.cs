namespace TtsGrains.PushStreams.Tests.Hosting;

/// <summary>One silo for all tests of a class that need no settings of their own; each uses streams of its own.</summary>
public sealed class OneSiloCluster : IAsyncLifetime
{
    public StreamCluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Cluster = await StreamCluster.StartAsync(1);

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();
}
