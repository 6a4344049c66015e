namespace TtsGrains.Grains.Sessions;

/// <summary>Who listens to a session, by leases that must be renewed. No clock of its own.</summary>
internal sealed class SessionAudience
{
    private readonly Dictionary<string, (int Listeners, DateTimeOffset Until)> _leases = new(StringComparer.Ordinal);

    /// <summary>How many listen.</summary>
    public int Count => _leases.Values.Sum(lease => lease.Listeners);

    /// <summary>True if there are no listeners.</summary>
    public bool IsEmpty => _leases.Count == 0;

    /// <summary>Sets the number of listeners of a subscription and when it expires; 0 ends it.</summary>
    public void Set(string subscription, int listeners, DateTimeOffset until)
    {
        if (listeners > 0)
        {
            _leases[subscription] = (listeners, until);
        }
        else
        {
            _leases.Remove(subscription);
        }
    }

    /// <summary>Forgets those who have not been heard of in time.</summary>
    public void Expire(DateTimeOffset now)
    {
        foreach (var (subscription, _) in _leases.Where(lease => lease.Value.Until <= now).ToArray())
        {
            _leases.Remove(subscription);
        }
    }
}
