namespace TtsGrains.Grains.Connections;

/// <summary>The keys that were added last: at most a fixed number of them, each for a limited time. Not thread-safe.</summary>
/// <param name="capacity">The most keys that are kept; the oldest makes room.</param>
/// <param name="lifetime">How long a key is kept after it was added last.</param>
/// <param name="time">The clock.</param>
internal sealed class RecentSet<T>(int capacity, TimeSpan lifetime, TimeProvider time)
    where T : notnull
{
    private readonly OrderedDictionary<T, long> _addedAt = new(capacity);

    /// <summary>The number of keys.</summary>
    public int Count
    {
        get
        {
            DropExpired();
            return _addedAt.Count;
        }
    }

    /// <summary>Adds a key, or renews it.</summary>
    public void Add(T key)
    {
        // The newest last; most often it is there already.
        if (_addedAt.Count == 0 || !EqualityComparer<T>.Default.Equals(_addedAt.GetAt(_addedAt.Count - 1).Key, key))
        {
            _addedAt.Remove(key);
            if (_addedAt.Count == capacity)
            {
                _addedAt.RemoveAt(0);
            }
        }

        _addedAt[key] = time.GetTimestamp();
    }

    /// <summary>Removes a key.</summary>
    public void Remove(T key) => _addedAt.Remove(key);

    /// <summary>Removes all keys.</summary>
    public void Clear() => _addedAt.Clear();

    /// <summary>Determines whether a key was added recently.</summary>
    public bool Contains(T key) => _addedAt.TryGetValue(key, out var at) && time.GetElapsedTime(at) < lifetime;

    private void DropExpired()
    {
        while (_addedAt.Count > 0 && time.GetElapsedTime(_addedAt.GetAt(0).Value) >= lifetime)
        {
            _addedAt.RemoveAt(0);
        }
    }
}
