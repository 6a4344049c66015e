using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Grains.Tests.Upstreams;

/// <summary>The silos of a test.</summary>
internal sealed class Roster(params string[] silos) : ISiloMembership
{
    private readonly HashSet<string> _present = [.. silos];
    private readonly HashSet<string> _gone = [];

    public IReadOnlyCollection<string> Present => _present;

    public bool HasGrains => true;

    public bool IsGone(string silo) => _gone.Contains(silo);

    public void Add(string silo) => _present.Add(silo);

    public void Kill(string silo)
    {
        _present.Remove(silo);
        _gone.Add(silo);
    }
}
