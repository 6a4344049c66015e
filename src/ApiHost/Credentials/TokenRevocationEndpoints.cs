using TtsGrains.ApiHost.Access;
using TtsGrains.ApiHost.Audit;
using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.OpenApi;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.Archive.Audit;
using TtsGrains.Grains.Interfaces.Audit;
using TtsGrains.Grains.Interfaces.Tenants;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Credentials;

/// <summary><c>DELETE /v1/access-tokens/{id}</c>, and the same for an operator: revokes one access token.</summary>
internal static class TokenRevocationEndpoints
{
    private const string Description = "In force within 5 s on every host; what is open with the token ends. Revoking it again changes nothing.";

    public static void MapTokenRevocation(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1").WithOwnAudit(AuditActions.RevokeToken);
        group.RefuseUnknownQueries();
        group.ReportStoreFailures();
        Describe(group.MapDelete("/access-tokens/{id}", RevokeOwnAsync).WithAccess(RouteAccess.AnyKey).WithTags("access tokens").WithName("revokeAccessToken")
            .WithSummary("Revokes an access token that the key created; with the scope admin, one of any key of the tenant"));
        Describe(group.MapDelete("/admin/tenants/{tenant}/access-tokens/{id}", RevokeAnyAsync).WithAccess(RouteAccess.KeyWith(Scopes.Operator)).WithTags("admin").WithName("revokeAnyAccessToken")
            .WithSummary("Revokes an access token of a tenant"));
    }

    private static void Describe(RouteHandlerBuilder route) => route.WithDescription(Description)
        .Produces(204).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409).ProducesProblem(503);

    private static async Task<IResult> RevokeOwnAsync(HttpContext http, string id, TenantDirectory tenants, TokenRevoker revoker, AuditBuffer audit, TimeProvider time)
    {
        var caller = http.GetCaller();
        return caller.Scopes.HasFlag(Scopes.Admin) || AccessTokens.KeyIdOf(id) is not { } key || key == caller.KeyId
            ? await RevokeAsync(http, caller.Tenant, id, caller.KeyId, tenants, revoker, audit, time)
            : http.ToProblem(ApiErrors.TokenOfAnotherKey);
    }

    private static Task<IResult> RevokeAnyAsync(HttpContext http, string tenant, string id, TenantDirectory tenants, TokenRevoker revoker, AuditBuffer audit, TimeProvider time)
        => RevokeAsync(http, tenant, id, $"{http.GetCaller().Tenant}/{http.GetCaller().KeyId}", tenants, revoker, audit, time);

    // Not cancelled when its client leaves. The record may follow: a token must be revocable while the archive's store fails.
    private static async Task<IResult> RevokeAsync(
        HttpContext http, string tenant, string id, string by, TenantDirectory tenants, TokenRevoker revoker, AuditBuffer audit, TimeProvider time)
    {
        // Tokens are not stored, but each names its key.
        if (AccessTokens.KeyIdOf(id) is not { } creator || tenants.KeysOf(tenant).All(key => key.Id != creator))
        {
            return http.ToProblem(ApiErrors.TokenNotFound);
        }

        if (ErrorOf(await revoker.RevokeAsync(tenant, id)) is { } error)
        {
            return http.ToProblem(error);
        }

        audit.Add(AuditNames.OfTenant(tenant), new AuditEntry(time.GetUtcNow(), AuditActions.RevokeToken, AuditResults.Done) { By = by, Target = id, RequestId = http.TraceIdentifier });
        return TypedResults.NoContent();
    }

    private static ProtocolError? ErrorOf(TokenRevocationOutcome outcome) => outcome switch
    {
        TokenRevocationOutcome.Stored => null,
        TokenRevocationOutcome.TooMany => ApiErrors.TooManyRevokedTokens,
        _ => ApiErrors.RevocationUnavailable,
    };
}
