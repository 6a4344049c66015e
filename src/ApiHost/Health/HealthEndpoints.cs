using TtsGrains.Grains.Archive;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Contexts;
using TtsGrains.Protocol;

namespace TtsGrains.ApiHost.Health;

/// <summary>What orchestrators and status pages ask for; no credential needed.</summary>
internal static class HealthEndpoints
{
    /// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: contexts can be spoken right now.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Results.Text("live\n"));
        routes.MapGet("/health/ready", Ready);
    }

    /// <summary><c>GET /</c>, as Cartesia answers it.</summary>
    public static void MapStatus(this IEndpointRouteBuilder routes)
        => routes.MapGet("/", () => Results.Text($$"""{"ok":true,"version":"{{ApiVersion.Newest}}"}""", "application/json"));

    private static IResult Ready(UpstreamPool pool, ContextLogs logs, ArchiveWriter archive)
    {
        var backlog = archive.Backlog;
        var body = $$"""
            {"ready":{{(pool.IsReady ? "true" : "false")}},"contexts":{{logs.Count}},"slots_taken":{{pool.SlotsTaken}},"archive":{"segments_waiting":{{backlog.Segments}},"bytes_waiting":{{backlog.Bytes}}}}
            """;
        return Results.Text(body, "application/json", statusCode: pool.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
