using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;

namespace Orleans;

/// <summary>Streams, for grains.</summary>
public static class GrainStreamingExtensions
{
    /// <exception cref="KeyNotFoundException">No provider has this name.</exception>
    public static IStreamProvider GetStreamProvider(this Grain grain, string name) => StreamProviders.Find(grain.ServiceProvider, name);
}

/// <summary>Streams, for code outside any grain.</summary>
public static class ClientStreamingExtensions
{
    /// <exception cref="KeyNotFoundException">No provider has this name.</exception>
    public static IStreamProvider GetStreamProvider(this IClusterClient client, string name) => StreamProviders.Find(client.ServiceProvider, name);
}

internal static class StreamProviders
{
    public static IStreamProvider Find(IServiceProvider services, string name)
        => services.GetKeyedService<IStreamProvider>(name) ?? throw new KeyNotFoundException($"There is no stream provider '{name}'.");
}
