using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Contexts.Attempts;

/// <summary>Tells the grain what calls for a decision. The socket's read loop must not wait for a grain's turn.</summary>
internal sealed partial class AttemptNotices(IContextGrain grain, int attempt, ILogger logger)
{
    public async void Send(UpstreamEvent what, ContextFault? fault = null)
    {
        try
        {
            await grain.OnUpstreamAsync(new UpstreamNotice(attempt, what, fault));
        }
        catch (Exception e)
        {
            // A host that stops takes its contexts down with its connections.
            LogNotHandled(logger, what, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A context did not handle that its upstream said {Event}: {Reason}")]
    private static partial void LogNotHandled(ILogger logger, UpstreamEvent @event, string reason);
}
