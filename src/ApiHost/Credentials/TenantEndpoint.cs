using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using TtsGrains.ApiHost.Access;
using TtsGrains.ApiHost.OpenApi;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.ApiHost.Tts;
using TtsGrains.Grains.Interfaces.Tenants;

namespace TtsGrains.ApiHost.Credentials;

/// <summary><c>GET /v1/tenant</c>: the limits and keys of the tenant that asks, and what it has open.</summary>
internal static class TenantEndpoint
{
    /// <summary>Lets the routes answer with these documents.</summary>
    public static IServiceCollection AddTenantApi(this IServiceCollection services)
        => services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, TenantJson.Default));

    public static void MapTenant(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1").WithTags("tenant").ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
        group.RefuseUnknownQueries();
        group.MapGet("/tenant", ShowAsync).WithAccess(RouteAccess.KeyWith(Scopes.Admin)).WithName("showTenant").WithSummary("The tenant's limits, keys and open connections");
    }

    private static async Task<Ok<TenantDocument>> ShowAsync(
        HttpContext http,
        IOptionsMonitor<TenantOptions> tenants,
        IOptions<SocketOptions> socketOptions,
        TenantDirectory directory,
        SocketCounts sockets,
        ListenerCounts listeners,
        MonthlyCharacters month,
        ArchiveQuota archive,
        IGrainFactory grains)
    {
        var tenant = http.GetCaller().Tenant;
        var limits = TenantLimits.Of(tenants.Get(tenant), socketOptions.Value);
        var open = new TenantOpenDocument(await grains.GetGrain<ITenantGrain>(tenant).CountOpenAsync(), sockets.Of(tenant), listeners.Of(tenant));
        var keys = directory.KeysOf(tenant).Select(TenantKeyDocument.Of);
        return TypedResults.Ok(new TenantDocument(tenant, [.. keys], limits, open)
        {
            Month = await month.DescribeAsync(tenant),
            Archive = await archive.DescribeAsync(tenant),
        });
    }
}
