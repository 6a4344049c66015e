using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace TtsGrains.Grains.Health;

/// <summary>What orchestrators and status pages ask for; no credential needed.</summary>
public static class HealthEndpoints
{
    internal const string Live = "/health/live";

    /// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: contexts can be spoken right now.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Live, () => Results.Text(LiveText)).WithTags("status").WithName("live").WithSummary("The process is alive")
            .Produces<string>(StatusCodes.Status200OK, "text/plain");
        routes.MapGet("/health/ready", (IHostHealth health) => new ReadyResult(health.Report()))
            .WithTags("status").WithName("ready").WithSummary("Whether contexts can be spoken right now, and how the host is")
            .Produces<HostHealth>().Produces<HostHealth>(StatusCodes.Status503ServiceUnavailable);
    }

    internal const string LiveText = "live\n";

    internal static async Task AnswerAsync(HttpResponse response, HostHealth health)
    {
        response.StatusCode = health.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        response.ContentType = "application/json; charset=utf-8";
        await response.Body.WriteAsync(health.ToJson(), response.HttpContext.RequestAborted);
    }

    private sealed class ReadyResult(HostHealth health) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => AnswerAsync(httpContext.Response, health);
    }
}
