using TtsGrains.Engine.Tests.Hosting;

[assembly: AssemblyFixture(typeof(SharedHost))]

namespace TtsGrains.Engine.Tests.Hosting;

/// <summary>The silo for all tests that need no settings of their own; each uses keys of its own.</summary>
public sealed class SharedHost : IAsyncLifetime
{
    public EngineHost Engine { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Engine = await EngineHost.StartAsync();

    public ValueTask DisposeAsync() => Engine.DisposeAsync();
}
