using System.Collections.Concurrent;

namespace TtsGrains.Benchmarks.Calls;

/// <summary>Counts the calls that grains of this silo get, those of Orleans' own among them, by interface and method.</summary>
internal sealed class CallCounter : IIncomingGrainCallFilter
{
    private readonly ConcurrentDictionary<string, int> _calls = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, int> Calls => _calls;

    public Task Invoke(IIncomingGrainCallContext context)
    {
        _calls.AddOrUpdate($"{context.InterfaceName.Split('.')[^1]}.{context.MethodName}", 1, (_, count) => count + 1);
        return context.Invoke();
    }

    public void Clear() => _calls.Clear();
}
