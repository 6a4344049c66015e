using System.Collections.Frozen;
using TtsGrains.Grains.Interfaces.Tenants;

namespace TtsGrains.ApiHost.Tenants;

/// <summary>The access tokens that were revoked before they expired, and what is open with a token.</summary>
internal sealed class RevokedTokens
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HashSet<CancellationTokenSource>> _open = new(StringComparer.Ordinal);
    private volatile FrozenSet<string> _revoked = FrozenSet<string>.Empty;

    /// <summary>The number of the revocations that are in force; it grows with every one.</summary>
    public long Version { get; private set; } = -1;

    /// <summary>Determines whether a token was revoked.</summary>
    public bool Has(string tenant, string token) => _revoked is { Count: > 0 } revoked && revoked.Contains(TokenRevocations.NameOf(tenant, token));

    /// <summary>Puts revocations in force, unless newer ones are: what is open with the tokens ends.</summary>
    public void Apply(TokenRevocations revocations)
    {
        lock (_gate)
        {
            if (revocations.Version <= Version)
            {
                return;
            }

            (Version, _revoked) = (revocations.Version, revocations.Tokens.ToFrozenSet(StringComparer.Ordinal));
            foreach (var ending in _revoked.Where(_open.ContainsKey).SelectMany(token => _open[token]))
            {
                _ = ending.CancelAsync();
            }
        }
    }

    /// <summary>States that something is open with a token.</summary>
    /// <param name="caller">The owner of the token.</param>
    /// <param name="revoked">Cancelled when the token, or the key that created it, is void.</param>
    /// <returns>Disposed when it is no longer open.</returns>
    public IDisposable Open(Caller caller, out CancellationToken revoked)
    {
        var name = TokenRevocations.NameOf(caller.Tenant, caller.TokenId!);
        var ending = CancellationTokenSource.CreateLinkedTokenSource(caller.Revoked);
        revoked = ending.Token;
        lock (_gate)
        {
            if (!_open.TryGetValue(name, out var same))
            {
                _open.Add(name, same = []);
            }

            same.Add(ending);

            // It may have been revoked since its check.
            if (_revoked.Contains(name))
            {
                _ = ending.CancelAsync();
            }
        }

        return new Use(this, name, ending);
    }

    private void Close(string name, CancellationTokenSource ending)
    {
        lock (_gate)
        {
            if (_open.TryGetValue(name, out var same) && same.Remove(ending) && same.Count == 0)
            {
                _open.Remove(name);
            }

            ending.Dispose();
        }
    }

    private sealed class Use(RevokedTokens tokens, string name, CancellationTokenSource ending) : IDisposable
    {
        public void Dispose() => tokens.Close(name, ending);
    }
}
