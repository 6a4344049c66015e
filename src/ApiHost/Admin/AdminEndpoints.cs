using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using TtsGrains.ApiHost.Access;
using TtsGrains.ApiHost.Audit;
using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.OpenApi;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.Archive.Audit;
using TtsGrains.Grains.Interfaces.Audit;
using TtsGrains.Protocol.Errors;
using TtsGrains.Tenants.Stored;

namespace TtsGrains.ApiHost.Admin;

/// <summary><c>/v1/admin</c>: the tenants of the service, for a key with the scope operator.</summary>
internal static class AdminEndpoints
{
    private const int MostKeys = 100;
    private const string FromSettings = "settings";
    private const string FromApi = "api";

    /// <summary>Lets the routes change tenants and answer with these documents.</summary>
    public static IServiceCollection AddAdmin(this IServiceCollection services)
    {
        services.AddSingleton<TenantAdministration>();
        return services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, AdminJson.Default));
    }

    public static void MapAdmin(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/admin").WithTags("admin").WithAccess(RouteAccess.KeyWith(Scopes.Operator))
            .ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(503);
        group.RefuseUnknownQueries();
        group.ReportStoreFailures();
        group.MapGet("/tenants", List).WithName("listTenants").WithSummary("All tenants, those of the settings and tenants files included");
        group.MapPost("/tenants", AddAsync).WithOwnAudit(AuditActions.AddTenant).WithBody<AddTenantRequest>().WithName("addTenant")
            .WithSummary("Adds a tenant with its first key, which is shown this once").Produces<AdminNewKeyDocument>(201).ProducesProblem(409).ProducesProblem(413);
        group.MapGet("/tenants/{tenant}", Show).WithName("showAnyTenant").WithSummary("A tenant with its keys and limits").Produces<AdminTenantDocument>().ProducesProblem(404);
        group.MapDelete("/tenants/{tenant}", RemoveAsync).WithOwnAudit(AuditActions.RemoveTenant).WithName("removeTenant")
            .WithSummary("Removes a tenant; its keys are void at once, its archive stays").Produces(204).ProducesProblem(404).ProducesProblem(409);
        group.MapPatch("/tenants/{tenant}/limits", ChangeLimitsAsync).WithOwnAudit(AuditActions.ChangeLimits).WithBody<Dictionary<string, long?>>().WithName("changeLimits")
            .WithSummary("Changes limits by name; null returns to the default").Produces<AdminTenantDocument>().ProducesProblem(404).ProducesProblem(409).ProducesProblem(413);
        group.MapPost("/tenants/{tenant}/keys", AddKeyAsync).WithOwnAudit(AuditActions.AddKey).WithBody<NewKeyRequest>().WithName("addKey")
            .WithSummary("Adds a key, which is shown this once").Produces<AdminNewKeyDocument>(201).ProducesProblem(404).ProducesProblem(409).ProducesProblem(413);
        group.MapPost("/tenants/{tenant}/keys/{key}/rotate", RotateKeyAsync).WithOwnAudit(AuditActions.RotateKey).WithBody<RotateKeyRequest>().WithName("rotateKey")
            .WithSummary("Adds a key of the same name and scopes, and lets the old one expire").Produces<AdminNewKeyDocument>(201).ProducesProblem(404).ProducesProblem(409).ProducesProblem(413);
        group.MapDelete("/tenants/{tenant}/keys/{key}", RevokeKeyAsync).WithOwnAudit(AuditActions.RevokeKey).WithName("revokeKey")
            .WithSummary("Revokes a key: what is open with it ends within 5 s").Produces(204).ProducesProblem(404).ProducesProblem(409);
        group.MapGet("/audit", AuditAsync).WithName("showAnyAudit").WithSummary("The audit records of a tenant, or of what belongs to none").WithDescription(AuditEndpoint.Help)
            .Produces<AuditDocument>();
    }

    private static Ok<AdminTenantsDocument> List(IConfiguration configuration, TenantDirectory directory, IOptionsMonitor<TenantOptions> options, StoredTenants stored)
        => TypedResults.Ok(new AdminTenantsDocument(
            [.. configuration.GetSection(TenantOptions.Section).GetChildren().Select(tenant => Describe(tenant.Key, directory, options, stored)).OrderBy(tenant => tenant.Tenant, StringComparer.Ordinal)]));

    private static IResult Show(HttpContext http, string tenant, IConfiguration configuration, TenantDirectory directory, IOptionsMonitor<TenantOptions> options, StoredTenants stored)
        => configuration.GetSection(TenantOptions.Section).GetChildren().FirstOrDefault(known => known.Key == tenant) is { } found
            ? TypedResults.Ok(Describe(found.Key, directory, options, stored))
            : http.ToProblem(AdminErrors.TenantNotFound);

    private static async Task<IResult> AddAsync(HttpContext http, TenantAdministration administration, TimeProvider time)
    {
        var body = await AdminBody.ReadAsync(http.Request);
        body.Allow("tenant", "key", "limits");
        var tenant = body.Text("tenant") ?? "";
        if (!TenantId.IsValid(tenant))
        {
            body.Fail("tenant", TenantId.Rule);
        }

        var key = AdminRequests.ReadKey(body.Object("key"), time.GetUtcNow(), out var secret);
        var limits = AdminRequests.ReadLimits(body.Object("limits"));
        var error = body.Error ?? await administration.ChangeAsync(http, tenant, AuditActions.AddTenant, document =>
        {
            if (document.Has(tenant))
            {
                return new TenantChange(AdminErrors.TenantExists);
            }

            document.Add(tenant);
            document.SetKeys(tenant, [key]);
            return new TenantChange(null, key.Id, $"{key.Describe()} {document.Set(tenant, limits)}".TrimEnd());
        });
        return Answer(http, error, () => TypedResults.Created($"/v1/admin/tenants/{tenant}", key.Show(tenant, secret)));
    }

    private static async Task<IResult> RemoveAsync(HttpContext http, string tenant, TenantAdministration administration)
        => Answer(
            http,
            await administration.ChangeAsync(http, tenant, AuditActions.RemoveTenant, document =>
            {
                document.Remove(tenant);
                return new TenantChange(null);
            }),
            TypedResults.NoContent);

    private static async Task<IResult> ChangeLimitsAsync(
        HttpContext http, string tenant, TenantAdministration administration, TenantDirectory directory, IOptionsMonitor<TenantOptions> options, StoredTenants stored)
    {
        var body = await AdminBody.ReadAsync(http.Request);
        var limits = AdminRequests.ReadLimits(body);
        var error = body.Error ?? await administration.ChangeAsync(http, tenant, AuditActions.ChangeLimits, document => new TenantChange(null, Detail: document.Set(tenant, limits)));
        return Answer(http, error, () => TypedResults.Ok(Describe(tenant, directory, options, stored)));
    }

    private static async Task<IResult> AddKeyAsync(HttpContext http, string tenant, TenantAdministration administration, TimeProvider time)
    {
        var body = await AdminBody.ReadAsync(http.Request);
        var key = AdminRequests.ReadKey(body, time.GetUtcNow(), out var secret);
        var error = body.Error ?? await administration.ChangeAsync(http, tenant, AuditActions.AddKey, document =>
        {
            var keys = document.KeysOf(tenant);
            document.SetKeys(tenant, keys.Append(key));
            return keys.Count >= MostKeys ? new TenantChange(AdminErrors.TooManyKeys(MostKeys)) : new TenantChange(null, key.Id, key.Describe());
        });
        return Answer(http, error, () => TypedResults.Created($"/v1/admin/tenants/{tenant}", key.Show(tenant, secret)));
    }

    private static async Task<IResult> RotateKeyAsync(HttpContext http, string tenant, string key, TenantAdministration administration, TimeProvider time)
    {
        var body = await AdminBody.ReadAsync(http.Request);
        var (overlap, expiresAt) = AdminRequests.ReadRotation(body, time.GetUtcNow());
        var secret = ApiKey.NewSecret();
        var next = new ApiKey(ApiKey.HashOf(secret));
        var error = body.Error ?? await administration.ChangeAsync(http, tenant, AuditActions.RotateKey, document =>
        {
            var end = time.GetUtcNow() + overlap;
            if (document.RotateKey(tenant, key, next.Sha256, end, expiresAt) is not { } made)
            {
                return new TenantChange(AdminErrors.KeyNotFound);
            }

            next = made;
            return document.KeysOf(tenant).Count > MostKeys ? new TenantChange(AdminErrors.TooManyKeys(MostKeys)) : new TenantChange(null, key, $"new={next.Id} {next.Describe()}; the old one expires={ApiKey.Format(end)}");
        });
        return Answer(http, error, () => TypedResults.Created($"/v1/admin/tenants/{tenant}", next.Show(tenant, secret)));
    }

    private static async Task<IResult> RevokeKeyAsync(HttpContext http, string tenant, string key, TenantAdministration administration)
        => Answer(
            http,
            await administration.ChangeAsync(http, tenant, AuditActions.RevokeKey, document =>
            {
                var keys = document.KeysOf(tenant);
                document.SetKeys(tenant, keys.Where(known => known.Id != key));
                return keys.FirstOrDefault(known => known.Id == key) is { } revoked ? new TenantChange(null, key, revoked.Describe()) : new TenantChange(AdminErrors.KeyNotFound);
            }),
            TypedResults.NoContent);

    private static Task<IResult> AuditAsync(
        HttpContext http,
        AuditBuffer buffer,
        AuditTrail trail,
        AuditReader reader,
        [Description("The tenant, also one that was removed; by default what belongs to none, such as wrong credentials."), Query(Name = "tenant")] string? tenant = null,
        [Description(AuditEndpoint.DayHelp), Query(Name = "day", Format = "date")] string? day = null,
        [Description(AuditEndpoint.AfterHelp), Query(JsonSchemaType.Integer, Name = "after")] string? after = null,
        [Description(AuditEndpoint.LimitHelp), Query(JsonSchemaType.Integer, Name = "limit")] string? limit = null)
        => AuditEndpoint.AnswerAsync(http, buffer, trail, reader, string.IsNullOrEmpty(tenant) ? AuditNames.Service : AuditNames.OfTenant(tenant), (day, after, limit));

    private static AdminTenantDocument Describe(string tenant, TenantDirectory directory, IOptionsMonitor<TenantOptions> options, StoredTenants stored) => new(
        tenant,
        stored.IsElsewhere(tenant) ? FromSettings : FromApi,
        [.. directory.KeysOf(tenant).Select(TenantKeyDocument.Of)],
        TenantLimit.All.ToDictionary(limit => limit.Name, limit => limit.ValueOf(options.Get(tenant))));

    private static IResult Answer(HttpContext http, ProtocolError? error, Func<IResult> done)
    {
        // A new key is in the answer.
        http.Response.Headers.CacheControl = "no-store";
        return error is null ? done() : http.ToProblem(error);
    }
}
