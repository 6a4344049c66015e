using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Contexts.Attempts;

/// <summary>Waits for a slot at an upstream, after a delay if need be. The client may push and cancel meanwhile.</summary>
internal sealed partial class SlotWait(OpenedContext context, AttemptServices services)
{
    private SlotTicket? _ticket;
    private IDisposable? _delay;
    private long? _since;

    public bool IsWaiting => _ticket is not null || _delay is not null;

    /// <summary>What the last slot was asked for.</summary>
    public RequestFingerprint Request { get; private set; }

    /// <summary>The next wait begins anew: its deadline counts from then.</summary>
    public void Restart() => _since = null;

    /// <summary>Asks later.</summary>
    public void Delay(TimeSpan delay, Func<Task> ask) => _delay = context.Host.After(delay, ask);

    /// <summary>Asks for a slot. When it is not decided at once, the grain gets a notice.</summary>
    /// <param name="attempt">Which attempt it is for.</param>
    /// <param name="candidates">The upstreams that it may be at, the best first.</param>
    /// <param name="remaining">How much time is left.</param>
    /// <param name="inputs">What is to be spoken.</param>
    /// <returns>Whether it is decided.</returns>
    public bool TryAsk(int attempt, ImmutableArray<string> candidates, TimeSpan remaining, ImmutableArray<ContextInput> inputs)
    {
        StopDelay();
        _since ??= services.Time.GetTimestamp();
        Request = RequestFingerprint.Of(context.Key, context.Settings, inputs);
        context.Telemetry?.SlotRequested(candidates[0]);
        _ticket = services.Pool.Ask(new SlotRequest(context.Key.Tenant, context.Settings.Priority, candidates, _since.Value, remaining, Request));
        if (_ticket.Granted.IsCompleted)
        {
            return true;
        }

        _ = ReportWhenDecidedAsync(_ticket, context.Host.Self, new UpstreamNotice(attempt, UpstreamEvent.PlaceDecided));
        return false;
    }

    /// <summary>Takes the decision, once; null if there is none.</summary>
    public SlotGrant? TakeDecision()
    {
        if (_ticket is not { Granted.IsCompletedSuccessfully: true } ticket)
        {
            return null;
        }

        _ticket = null;
        var grant = ticket.Granted.Result;
        context.Telemetry?.SlotDecided(grant.Refusal == SlotRefusal.None ? "granted" : grant.Refusal.ToString().ToLowerInvariant(), grant.Connection?.Key.Upstream);
        return grant;
    }

    /// <summary>Waits no more.</summary>
    public void Stop()
    {
        StopDelay();
        if (_ticket is not null)
        {
            services.Pool.Leave(_ticket);
            _ticket = null;
            context.Telemetry?.SlotDecided("withdrawn");
        }
    }

    private void StopDelay()
    {
        _delay?.Dispose();
        _delay = null;
    }

    private async Task ReportWhenDecidedAsync(SlotTicket ticket, IContextGrain self, UpstreamNotice notice)
    {
        try
        {
            // The grain may not be active yet: the notice activates it.
            await ticket.Granted.ConfigureAwait(false);
            await self.OnUpstreamAsync(notice);
        }
        catch (OperationCanceledException)
        {
            // The context ended before.
        }
        catch (Exception e)
        {
            LogPlaceNotTaken(services.Logger, context.Key, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Context {ContextKey} did not take the place that it waited for")]
    private static partial void LogPlaceNotTaken(ILogger logger, ContextKey contextKey, Exception exception);
}
