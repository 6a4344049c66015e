using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Connections;

/// <summary>
/// Evidence that an upstream is out of service, gathered since a context last spoke there. A failure counts only when its session, its text and its
/// socket differ from those of every failure that counts already, and one tenant alone is not enough while others use the upstream: a text that
/// always fails stays one piece of evidence, no matter which context repeats it. Not thread-safe.
/// </summary>
/// <param name="needed">How many failures are enough.</param>
/// <param name="time">The clock.</param>
internal sealed class OutageEvidence(int needed, TimeProvider time)
{
    // Failures that are far apart are not one outage.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan TenantLifetime = TimeSpan.FromMinutes(10);

    private readonly List<Failure> _failures = [];
    private readonly RecentSet<string> _tenants = new(capacity: 1024, TenantLifetime, time);

    /// <summary>How many failures count.</summary>
    public int Count => _failures.Count;

    /// <summary>Notes that a tenant uses the upstream.</summary>
    public void AddTenant(string tenant) => _tenants.Add(tenant);

    /// <summary>Adds the failure of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="socket">The socket whose loss was the failure: all contexts that it took along are one piece of evidence. Null if only the request failed.</param>
    /// <returns>True if there is enough evidence of an outage.</returns>
    public bool Add(in RequestFingerprint request, int? socket = null)
    {
        _failures.RemoveAll(failure => time.GetElapsedTime(failure.At) >= Lifetime);
        var added = new Failure(request.Context.SessionKey, request.Text, socket, time.GetTimestamp());
        if (!_failures.Exists(added.IsSameEvidence))
        {
            // Any number of one tenant's must leave room for those of another.
            if (_failures.Count >= needed)
            {
                _failures.RemoveAt(0);
            }

            _failures.Add(added);
        }

        return _failures.Count >= needed && _failures.Select(failure => failure.Session.Tenant).Distinct().Count() >= Math.Min(needed, Math.Min(2, _tenants.Count));
    }

    /// <summary>Discards the evidence: the upstream has spoken.</summary>
    public void Clear() => _failures.Clear();

    private readonly record struct Failure(SessionKey Session, ulong Text, int? Socket, long At)
    {
        public bool IsSameEvidence(Failure other) => Session == other.Session || Text == other.Text || (Socket is not null && Socket == other.Socket);
    }
}
