using Microsoft.Extensions.Options;
using TtsGrains.Grains.Hosting;

namespace TtsGrains.ApiHost.Tts;

/// <summary>Open contexts may go on for a while when the host stops.</summary>
internal sealed class SocketStopTime(IOptions<SocketOptions> options) : IStopTime
{
    /// <inheritdoc />
    public TimeSpan StopTime => options.Value.DrainTimeout;
}
