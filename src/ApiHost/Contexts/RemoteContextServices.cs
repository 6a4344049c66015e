using TtsGrains.Grains.Contexts.Log;

namespace TtsGrains.ApiHost.Contexts;

/// <summary>What all <see cref="RemoteContextHandle"/>s of this process use.</summary>
/// <param name="Grains">Reaches the contexts.</param>
/// <param name="Logs">The logs of the contexts in this process.</param>
/// <param name="Losses">Finds out which contexts are gone.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">The log.</param>
internal sealed record RemoteContextServices(
    IGrainFactory Grains, ContextLogs Logs, ContextLossDetector Losses, TimeProvider Time, ILogger<RemoteContextHandle> Logger);
