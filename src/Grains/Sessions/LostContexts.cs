namespace TtsGrains.Grains.Sessions;

/// <summary>
/// Decides which open contexts of a session have died with their silo. The owner of such a context has it restored on another silo, so while there may be one,
/// a context must be missing in two checks. Not thread-safe.
/// </summary>
internal sealed class LostContexts
{
    private readonly HashSet<string> _missing = new(StringComparer.Ordinal);

    /// <summary>Takes note of one check of an open context.</summary>
    /// <param name="contextKey">The context.</param>
    /// <param name="isThere">Whether it was found.</param>
    /// <param name="mayHaveOwner">Whether a client is connected, or awaited.</param>
    /// <returns>Whether it is lost.</returns>
    public bool IsLost(string contextKey, bool isThere, bool mayHaveOwner)
    {
        if (!isThere && mayHaveOwner && _missing.Add(contextKey))
        {
            return false;
        }

        _missing.Remove(contextKey);
        return !isThere;
    }
}
