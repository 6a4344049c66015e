using Microsoft.AspNetCore.Http.Features;
using TtsGrains.ApiHost.Tenants;

namespace TtsGrains.ApiHost.Access;

/// <summary>Ends a request whose credential becomes void while it is served: its connection is cut, unless its route can end it in a better way.</summary>
internal sealed class Revocation : IDisposable
{
    private readonly CancellationToken _revoked;
    private readonly CancellationTokenRegistration _cut;
    private readonly IDisposable? _use;

    public Revocation(HttpContext http, Caller caller, RevokedTokens tokens)
    {
        if (caller.IsToken)
        {
            _use = tokens.Open(caller, out _revoked);
        }
        else
        {
            _revoked = caller.Revoked;
        }

        _cut = _revoked.UnsafeRegister(static http => ((HttpContext)http!).Abort(), http);
    }

    /// <summary>From now on the route ends the request.</summary>
    /// <returns>Cancelled when the credential is void.</returns>
    public CancellationToken TakeOver()
    {
        _cut.Dispose();
        return _revoked;
    }

    public void Dispose()
    {
        _cut.Dispose();
        _use?.Dispose();
    }
}

internal static class RevocationExtensions
{
    /// <summary>Gets the end of the request's credential. Only for routes that need one.</summary>
    public static Revocation GetRevocation(this HttpContext http) => http.Features.GetRequiredFeature<Revocation>();
}
