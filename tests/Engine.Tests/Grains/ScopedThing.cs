namespace TtsGrains.Engine.Tests.Grains;

/// <summary>A scoped service, to see when its scope ends.</summary>
public sealed class ScopedThing : IDisposable
{
    public event Action? Disposed;

    public void Dispose() => Disposed?.Invoke();
}
