namespace TtsGrains.ApiHost.Tts;

/// <summary>Counts the open sockets of each tenant on this host.</summary>
internal sealed class SocketCounts
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);

    /// <summary>Counts one more, unless there are that many already.</summary>
    public bool TryEnter(string tenant, int limit)
    {
        lock (_gate)
        {
            var open = _open.GetValueOrDefault(tenant);
            if (open >= limit)
            {
                return false;
            }

            _open[tenant] = open + 1;
            return true;
        }
    }

    public void Leave(string tenant)
    {
        lock (_gate)
        {
            if (--_open[tenant] == 0)
            {
                _open.Remove(tenant);
            }
        }
    }
}
