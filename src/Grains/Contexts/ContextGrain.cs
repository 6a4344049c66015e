using Orleans.Placement;
using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Contexts.Listening;
using TtsGrains.Grains.Contexts.Ownership;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.Grains.Contexts;

/// <summary>One life of one context: opens it, or restores it, and passes everything else on to the <see cref="RunningContext"/>.</summary>
[GrainType(GrainTypes.Context), PreferLocalPlacement]
internal sealed class ContextGrain(ContextServices services, LocalContexts local, SiloDrain drain) : Grain, IContextGrain, IIncomingGrainCallFilter
{
    // What an owner gives back, until it says that this is all.
    private readonly GivenBackFrames _givenBack = new();
    private RunningContext? _context;

    private ContextHost Host { get => field ??= new ContextHost(this); set; }

    // Null if it is not open here. When it was handed over, who calls sees to it that it is opened again, elsewhere.
    private RunningContext? Current => _context is { IsMoved: true } ? throw new SiloDrainingException("The context was handed over.") : _context;

    // Warm-up contexts are not counted.
    private ContextInstruments? Counted => Host.Key.IsWarmUp ? null : services.Telemetry.Contexts;

    private UnusedDeactivation Unused => field ??= new UnusedDeactivation(Host);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Counted?.Activated();
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await (_context?.StopAsync(cancellationToken) ?? Task.CompletedTask);
        Counted?.Deactivated();
    }

    public async Task<ContextFault?> OpenAsync(ContextSettings settings, ContextInput first, ContextOwner? owner = null)
    {
        if (_context is not null)
        {
            return ContextFault.From(ErrorCatalogue.ContextClosed);
        }

        ThrowIfDraining();
        Unused.IsUsed = true;
        var telemetry = services.Telemetry.Create(Host.Key, settings);
        var admission = telemetry?.StartAdmission();
        var limit = await services.Room.AdmitAsync(Host);
        admission.End(limit > 0 ? "limit_reached" : null);
        if (limit > 0)
        {
            // Its place may have been taken for it.
            var session = GrainFactory.GetGrain<ISessionGrain>(Host.Key.SessionKey.ToString());
            _ = SessionMembership.TellClosedAsync(session, Host, frames: 0, how: null, services.Time, services.Logger);
            DeactivateOnIdle();
            return ContextFault.From(ErrorCatalogue.TooManyContexts(limit));
        }

        return await Begin(services.Open(Host, settings, telemetry, restoredFrames: null)).OpenAsync(first, owner);
    }

    public Task ActivateAsync() => Task.CompletedTask;

    public Task<ContextFault?> PushAsync(ContextInput input, int epoch = 0, int number = -1)
        => Current?.PushAsync(input, epoch, number) ?? NotHere(Task.FromResult<ContextFault?>(ContextFault.From(ErrorCatalogue.ContextNotFound)));

    public Task FailAsync(ContextFault fault) => Current?.FailAsync(fault.ToError()) ?? Task.CompletedTask;

    public Task CancelAsync(int? delivered = null, double? playedMs = null) => Current?.CancelAsync(delivered, playedMs) ?? Task.CompletedTask;

    public Task ReportPlayedAsync(double playedMs)
    {
        if (_context is null)
        {
            return NotHere(Task.CompletedTask);
        }

        _context.ReportPlayed(playedMs);
        return Task.CompletedTask;
    }

    public Task OnUpstreamAsync(UpstreamNotice notice) => _context?.OnUpstreamAsync(notice) ?? Task.CompletedTask;

    public async Task<ContextActivity> GetActivityAsync()
    {
        if (_context is null)
        {
            return NotHere(default(ContextActivity));
        }

        // Who hears that it is over may count on its session to know that too.
        await _context.WhenFinishedAsync();
        return new ContextActivity(_context.Context.IsOpen, _context.Upstream);
    }

    public async Task<bool> OnOwnerLostAsync(int epoch, int? written = null)
    {
        if (_context is null or { IsMoved: true })
        {
            return NotHere(false);
        }

        await _context.OnOwnerLostAsync(epoch, written);
        return true;
    }

    public async Task<AttachResult?> AttachAsync(int? from, ContextOwner? owner = null)
        => Current is { Context.IsCancelled: false } context ? await context.Ownership.AttachAsync(from, owner) : NotHere<AttachResult?>(null);

    public async Task<RestoreResult> RestoreAsync(RestoreRequest request, ContextOwner? owner)
    {
        ThrowIfDraining();
        if (_context is not null)
        {
            return new RestoreResult(await _context.ConfirmAsync(request, owner));
        }

        if (_givenBack.Count < request.Frames)
        {
            return new RestoreResult(RestoreOutcome.NeedsFrames, _givenBack.Count);
        }

        Unused.IsUsed = true;
        await services.Room.RenewAsync(Host);
        var context = Begin(services.Open(Host, request.Settings, services.Telemetry.Create(Host.Key, request.Settings), request.Frames, request.OpenedAt));
        await context.RestoreAsync(request, owner, _givenBack.Take());
        return new RestoreResult(RestoreOutcome.Continues);
    }

    public Task RestoreFramesAsync(FrameBatch frames)
    {
        if (_context is null)
        {
            _givenBack.Add(frames);
        }

        return Task.CompletedTask;
    }

    public Task<ContextSnapshot?> MoveAsync() => _context?.MoveAsync() ?? Task.FromResult<ContextSnapshot?>(null);

    public Task<FrameBatch?> ReadAsync(int from, int maxFrames)
        => Task.FromResult(_context is { Context.Log.IsErased: false } ? _context.Read(from, maxFrames) : NotHere<FrameBatch?>(null));

    public Task<bool> SetAudienceAsync(bool hasListeners)
    {
        if (_context is null)
        {
            // One that is being opened asks the session for itself, in a moment.
            return NotHere(Task.FromResult(Unused.IsUsed));
        }

        _context.Membership.SetAudience(hasListeners);
        return Task.FromResult(true);
    }

    public Task EraseAsync() => _context is { Context.Log.IsClosed: true } ? _context.EraseAsync() : NotHere(Task.CompletedTask);

    /// <summary>Every call finds here the context that a socket of this process has opened.</summary>
    public Task Invoke(IIncomingGrainCallContext context)
        => _context is null && local.Find(this.GetPrimaryKeyString()) is { } opening ? TakeOverAsync(opening, context) : context.Invoke();

    private async Task TakeOverAsync(LocalOpening opening, IIncomingGrainCallContext call)
    {
        await opening.HasRun;
        if (local.TryTake(opening))
        {
            (Host, Unused.IsUsed) = (opening.Host, true);
            Keep(opening.HandOver(this));
        }

        await call.Invoke();
    }

    private RunningContext Begin(OpenedContext context) => Keep(new RunningContext(context, services));

    private RunningContext Keep(RunningContext context)
    {
        // An open context is not idle, however long its client thinks.
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        return _context = context;
    }

    private T NotHere<T>(T answer)
    {
        Unused.OnCalled();
        return answer;
    }

    private void ThrowIfDraining()
    {
        if (Current is null && drain.IsDraining)
        {
            DeactivateOnIdle();
            throw new SiloDrainingException("The silo is about to stop.");
        }
    }
}
