using System.Text.Json.Serialization;
using TtsGrains.Grains.Archive;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Contexts;
using TtsGrains.Grains.Diagnostics;
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

    private static IResult Ready(UpstreamPool pool, WarmUpState warmUp, ContextLogs logs, ArchiveWriter archive)
    {
        var backlog = archive.Backlog;
        var health = new ReadyHealth(pool.IsReady && !warmUp.IsPending, logs.Count, pool.SlotsTaken, backlog.Segments, backlog.Bytes)
        {
            ArchiveSpoolBytes = backlog.SpoolBytes,
            ArchiveOldestSeconds = Math.Round(backlog.OldestAge.TotalSeconds, 1),
            ArchiveStoreFailing = backlog.StoreIsFailing,
            ArchiveSegmentsLost = backlog.LostSegments,
        };
        return Results.Json(health, HealthJson.Default.ReadyHealth, statusCode: health.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}

/// <summary>What <c>/health/ready</c> says.</summary>
internal sealed record ReadyHealth(bool Ready, int Contexts, int SlotsTaken, long ArchiveSegmentsWaiting, long ArchiveBytesWaiting)
{
    /// <summary>Audio on disk that the archive's store has not confirmed, bytes.</summary>
    public required long ArchiveSpoolBytes { get; init; }

    /// <summary>How long the oldest of it has waited, s.</summary>
    public required double ArchiveOldestSeconds { get; init; }

    /// <summary>Whether the store refused what it was given last. Contexts can be spoken all the same.</summary>
    public required bool ArchiveStoreFailing { get; init; }

    /// <summary>Segments that the archive gave up since start.</summary>
    public required long ArchiveSegmentsLost { get; init; }
}

[JsonSerializable(typeof(ReadyHealth))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class HealthJson : JsonSerializerContext;
