using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TtsGrains.Archive.Writing;
using TtsGrains.Grains.Contexts.Admission;
using TtsGrains.Grains.Contexts.Attempts;
using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Contexts;

/// <summary>The services of the silo that all contexts use.</summary>
/// <param name="Logs">The logs of the contexts in this process.</param>
/// <param name="Attempts">What their attempts use.</param>
/// <param name="Archive">The archive.</param>
/// <param name="Room">The room among the open contexts of a tenant.</param>
/// <param name="Telemetry">Makes their telemetry.</param>
/// <param name="Tenants">The settings of tenants.</param>
/// <param name="Cluster">Reaches sessions and their streams.</param>
/// <param name="Logger">The log.</param>
internal sealed record ContextServices(
    ContextLogs Logs,
    AttemptServices Attempts,
    ArchiveWriter Archive,
    TenantRoom Room,
    ContextTelemetryFactory Telemetry,
    IOptionsMonitor<TenantOptions> Tenants,
    IClusterClient Cluster,
    ILogger<ContextGrain> Logger)
{
    public ContextOptions Options => Attempts.Options.Value;

    public TimeProvider Time => Attempts.Time;

    /// <summary>Makes the log of a context, and what its objects share.</summary>
    /// <param name="host">The grain.</param>
    /// <param name="settings">How to speak.</param>
    /// <param name="telemetry">Its telemetry; null for a context of the warm-up.</param>
    /// <param name="restoredFrames">How many frames it is restored with; null if it is opened here.</param>
    /// <param name="openedAt">When it was opened first; null for what the settings say, or else now.</param>
    public OpenedContext Open(ContextHost host, ContextSettings settings, ContextTelemetry? telemetry, int? restoredFrames, DateTimeOffset? openedAt = null)
    {
        var isKept = !settings.IsNotKept && Tenants.Get(host.Key.Tenant).Archive == ArchiveSwitch.On;
        var writer = new ServerFrameWriter(host.Key.Context, ApiVersion.Parse(settings.ApiVersion));
        var log = new ContextLog(writer, settings.Format, settings.AddTimestamps, settings.AddPhonemeTimestamps)
        {
            PartBytes = isKept ? Archive.PartBytes : 0,
            Observer = telemetry,
            TraceParent = settings.TraceParent,
        };

        // The same on every silo: with the ids it names the context's record of usage.
        return new OpenedContext(host, settings, openedAt ?? settings.OpenedAt ?? Time.GetUtcNow(), log) { Telemetry = telemetry, IsKept = isKept, RestoredFrames = restoredFrames };
    }
}
