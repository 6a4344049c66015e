using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Storage;

namespace TtsGrains.Grains.Storage;

internal static class FileStorageExtensions
{
    /// <summary>Keeps grain state in files.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="name">The name of the storage.</param>
    /// <param name="folder">The folder of the files; created when it is missing.</param>
    public static void AddFileGrainStorage(this ISiloBuilder silo, string name, string folder)
    {
        silo.Services.AddSingleton(_ => new StateFolder(folder));
        silo.Services.AddKeyedSingleton<IGrainStorage>(
            name, (services, _) => new FileGrainStorage(services.GetRequiredService<StateFolder>(), services.GetRequiredService<Serializer>()));
        silo.Services.AddSingleton(services => (ILifecycleParticipant<ISiloLifecycle>)services.GetRequiredKeyedService<IGrainStorage>(name));
    }
}
