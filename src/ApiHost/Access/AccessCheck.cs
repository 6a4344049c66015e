using Microsoft.AspNetCore.Http.Features;
using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Access;

/// <summary>
/// Refuses a request whose credential is not what its route needs, before the route sees it. The host does not start while a route does not state what
/// it needs.
/// </summary>
internal sealed class AccessCheck
{
    private readonly RequestDelegate _next;
    private readonly TenantDirectory _tenants;
    private readonly RevokedTokens _tokens;
    private readonly WrongCredentials _wrong;

    /// <exception cref="InvalidOperationException">A route does not state what it needs.</exception>
    public AccessCheck(RequestDelegate next, EndpointDataSource routes, TenantDirectory tenants, RevokedTokens tokens, WrongCredentials wrong)
    {
        (_next, _tenants, _tokens, _wrong) = (next, tenants, tokens, wrong);
        if (FindUnstated(routes.Endpoints) is { Count: > 0 } unstated)
        {
            throw new InvalidOperationException($"These routes do not state the credential that they need (WithAccess): {string.Join("; ", unstated)}.");
        }
    }

    /// <summary>Returns the names of the routes that do not state what they need.</summary>
    public static IReadOnlyList<string> FindUnstated(IEnumerable<Endpoint> routes)
        => [.. routes.Where(route => route.Metadata.GetMetadata<RouteAccess>() is null).Select(route => route.DisplayName ?? "a route without a name")];

    public Task InvokeAsync(HttpContext http)
    {
        // Routing answers 404 and 405 with endpoints of its own, or with none: they reach nothing.
        if (http.GetEndpoint()?.Metadata.GetMetadata<RouteAccess>() is not { Kind: not CredentialKind.Nothing } access)
        {
            return _next(http);
        }

        var credential = Credential.From(http.Request);
        if (_tenants.Find(credential) is not { } caller)
        {
            // A request without any tries none.
            return http.AnswerAsync(credential is null ? ErrorCatalogue.Unauthorized : _wrong.Count(http.Connection.RemoteIpAddress));
        }

        // Also of a refusal, which is recorded.
        http.Features.Set(caller);
        if (Check(http, access, caller) is { } refusal)
        {
            return http.AnswerAsync(refusal);
        }

        return ServeAsync(http, caller);
    }

    private async Task ServeAsync(HttpContext http, Caller caller)
    {
        using var revocation = new Revocation(http, caller, _tokens);
        http.Features.Set(revocation);
        await _next(http);
    }

    private static ProtocolError? Check(HttpContext http, RouteAccess access, Caller caller)
        => access.Kind == CredentialKind.Key && caller.IsToken ? ApiErrors.KeyRequired
            : (access.Scopes & ~caller.Scopes) is not Scopes.None and var missing ? ApiErrors.ScopeMissing(missing, caller.IsToken)
            : caller.Session is { } only && access.Scopes != Scopes.None && RequestedSession.Of(http) != only ? ApiErrors.OtherSession
            : null;
}

internal static class CallerExtensions
{
    /// <summary>Gets the owner of the request's credential. Only for routes that need one.</summary>
    public static Caller GetCaller(this HttpContext http) => http.Features.GetRequiredFeature<Caller>();
}
