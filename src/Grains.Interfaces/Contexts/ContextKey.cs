namespace TtsGrains.Grains.Interfaces.Contexts;

/// <summary>
/// Names one life of one context: a client may use its context id again after <c>done</c>, and that is the next incarnation.
/// The tenant comes first in every key, so nothing can cross from one tenant to another.
/// </summary>
/// <param name="Tenant">The tenant's id, from the credential.</param>
/// <param name="Session">The session's id.</param>
/// <param name="Context">The context's id as the client gave it: any text that is not empty.</param>
/// <param name="Incarnation">Unique among the lives of that context id: what it was opened over, a dot, and a number.</param>
public readonly record struct ContextKey(string Tenant, string Session, string Context, string Incarnation)
{
    /// <summary>The tenant of the warm-up's contexts. No configuration can name it: the colon parts its sections.</summary>
    public const string WarmUpTenant = ":warm-up";

    /// <summary>True if it belongs to the warm-up. It is neither counted nor archived.</summary>
    public bool IsWarmUp => Tenant == WarmUpTenant;

    /// <summary>The key of the session that the context belongs to.</summary>
    public SessionKey SessionKey => new(Tenant, Session);

    /// <summary>Whether it was opened over this socket.</summary>
    public bool IsOfSocket(string socketId) => Incarnation.StartsWith($"{socketId}.", StringComparison.Ordinal);

    /// <summary>The grain key: the parts, escaped, with slashes between.</summary>
    public override string ToString()
        => $"{Uri.EscapeDataString(Tenant)}/{Uri.EscapeDataString(Session)}/{Uri.EscapeDataString(Context)}/{Incarnation}";

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">The text is no such key.</exception>
    public static ContextKey Parse(string text)
    {
        var parts = text.Split('/');
        return parts.Length == 4
            ? new(Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts[1]), Uri.UnescapeDataString(parts[2]), parts[3])
            : throw new FormatException($"A context key has four parts; this one has {parts.Length}.");
    }
}

/// <summary>Names one session of one tenant.</summary>
/// <param name="Tenant">The tenant's id, from the credential.</param>
/// <param name="Session">The session's id.</param>
public readonly record struct SessionKey(string Tenant, string Session)
{
    /// <summary>The grain key: the parts, escaped, with a slash between.</summary>
    public override string ToString() => $"{Uri.EscapeDataString(Tenant)}/{Uri.EscapeDataString(Session)}";

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">The text is no such key.</exception>
    public static SessionKey Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0
            ? new(Uri.UnescapeDataString(text[..slash]), Uri.UnescapeDataString(text[(slash + 1)..]))
            : throw new FormatException("A session key has two parts.");
    }
}
