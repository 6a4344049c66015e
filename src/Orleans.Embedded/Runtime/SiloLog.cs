using Microsoft.Extensions.Logging;

namespace Orleans.Runtime;

/// <summary>What the engine logs; never arguments or state.</summary>
internal sealed partial class SiloLog(ILogger logger)
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Grain} failed to activate.")]
    public partial void ActivationFailed(Exception exception, GrainKey grain);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Grain} failed to deactivate.")]
    public partial void DeactivationFailed(Exception exception, GrainKey grain);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A timer of {Grain} failed.")]
    public partial void TimerFailed(Exception exception, GrainKey grain);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A callback of a cancelled call failed.")]
    public partial void CancellationCallbackFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "An event of stream {Stream} was not delivered to a subscriber.")]
    public partial void DeliveryFailed(Exception exception, StreamId stream);

    [LoggerMessage(Level = LogLevel.Information, Message = "The embedded engine runs silo {Silo} in this process.")]
    public partial void Started(string silo);
}
