using Microsoft.Extensions.Options;
using TtsGrains.Archive;

namespace TtsGrains.Grains.Hosting;

/// <summary>The time that the archive's writer may take to store what waits.</summary>
internal sealed class ArchiveStopTime(IOptions<ArchiveOptions> options) : IStopTime
{
    /// <inheritdoc/>
    public TimeSpan StopTime => options.Value.DrainTimeout;
}
