using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using TtsGrains.ApiHost.Access;
using TtsGrains.ApiHost.Credentials;
using TtsGrains.ApiHost.OpenApi;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.ApiHost.Tts;
using TtsGrains.Grains.Interfaces.Operations;
using TtsGrains.Grains.Interfaces.Tenants;
using TtsGrains.Grains.Operations;

namespace TtsGrains.ApiHost.Operations;

/// <summary><c>GET /v1/operations</c>: upstreams, hosts, archive backlog and recent errors, with the numbers of the tenant that asks.</summary>
internal static class OperationsEndpoint
{
    /// <summary>Lets this host report itself, and the route answer with its document.</summary>
    public static IServiceCollection AddOperations(this IServiceCollection services)
    {
        services.AddSingleton<IHostReportPart, ClientReportPart>();
        return services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, OperationsJson.Default));
    }

    public static void MapOperations(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1").WithTags("operations").ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
        group.RefuseUnknownQueries();
        group.MapGet("/operations", ShowAsync).WithAccess(RouteAccess.KeyWith(Scopes.Admin)).WithName("showOperations")
            .WithSummary("Upstreams, hosts, archive backlog and the tenant's recent errors");
    }

    private static async Task<Ok<OperationsDocument>> ShowAsync(
        HttpContext http, IOptionsMonitor<TenantOptions> tenants, IOptions<SocketOptions> sockets, MonthlyCharacters month, IGrainFactory grains, TimeProvider time)
    {
        var tenant = http.GetCaller().Tenant;
        var open = grains.GetGrain<ITenantGrain>(tenant).CountOpenAsync();
        var hosts = await grains.GetGrain<IOperationsGrain>(IOperationsGrain.Key).ListAsync(tenant);
        var own = hosts.SelectMany(host => host.Tenants).ToList();
        var now = time.GetUtcNow();
        return TypedResults.Ok(new OperationsDocument(
            now,
            tenant,
            TenantLimits.Of(tenants.Get(tenant), sockets.Value),
            new TenantOpenDocument(await open, own.Sum(host => host.Sockets), own.Sum(host => host.Listeners)),
            OperationsSummary.Upstreams(hosts),
            OperationsSummary.Hosts(hosts, now),
            OperationsSummary.Archive([.. hosts.Select(host => host.Silo?.Archive).OfType<ArchiveReport>()]),
            OperationsSummary.Errors(hosts))
        {
            Month = await month.DescribeAsync(tenant),
        });
    }
}
