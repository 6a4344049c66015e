using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Orleans.Hosting;

/// <summary>Grain storage in files: of this engine only, Microsoft Orleans has none.</summary>
public static class FileGrainStorageSiloBuilderExtensions
{
    /// <summary>Keeps the states of the store <paramref name="name"/> as JSON files below <paramref name="directory"/>.</summary>
    public static ISiloBuilder AddFileGrainStorage(this ISiloBuilder builder, string name, string directory)
    {
        builder.Services.AddKeyedSingleton<IStateStore>(name, (_, _) => new FileStateStore(directory));
        return builder;
    }
}
