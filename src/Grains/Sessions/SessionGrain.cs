using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using TtsGrains.Archive.Removal;
using TtsGrains.Archive.Sessions;
using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Grains.Storage;
using TtsGrains.Grains.Streams;

namespace TtsGrains.Grains.Sessions;

/// <summary>
/// Keeps the order in which the contexts of one call were opened, and who listens. The order is stored: a session may go on after its silo, and
/// two contexts with one number would share a place in the archive. Listeners are not: they say again and again that they are there. The cost of an
/// opening does not depend on the number of contexts before it: see <see cref="SessionContexts"/>.
/// </summary>
[GrainType(GrainTypes.Session)]
internal sealed partial class SessionGrain(
    [PersistentState("session", GrainStorage.Name)] IPersistentState<SessionState> stored,
    [FromKeyedServices(GrainStorage.Name)] IGrainStorage storage,
    IOptions<ContextOptions> contextOptions,
    SessionRecordWriter records,
    SessionRemoval removal,
    TimeProvider time,
    ILogger<SessionGrain> logger) : Grain, ISessionGrain
{
    private readonly SessionAudience _audience = new();
    private readonly SessionOwners _owners = new();
    private readonly SessionClaims _claims = new();
    private readonly LostContexts _lost = new();
    private SessionContexts _contexts = new();
    private SessionStore? _store;
    private IGrainTimer? _leaseCheck;
    private bool _isRestored;

    private SessionRecording Recording => field ??= new SessionRecording(
        records, () => SessionSummary.Of(SessionKey.Parse(this.GetPrimaryKeyString()), _contexts.All, stored.State), RegisterTimer);

    private SessionStore Store => _store ??= new SessionStore(
        stored, new SessionPages(storage, this.GetGrainId()), () => _contexts, RegisterTimer, this.GetPrimaryKeyString(), logger);

    private OwnerRecall Recall => field ??= new OwnerRecall(_owners, CountClientsAsync, RegisterTimer, time);

    private SessionErasure Erasure => field ??= new SessionErasure(
        SessionKey.Parse(this.GetPrimaryKeyString()), removal, GrainFactory, contextOptions.Value, time, logger);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _isRestored = stored.RecordExists;
        _contexts.Load(stored.State.Contexts);
        if (_contexts.All.Count == SessionContexts.PageSize)
        {
            await Store.ReadPagesAsync(_contexts.Load);
        }
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Recording.RecordWhenDue();
        return Task.CompletedTask;
    }

    public async Task<SessionPlace> OnOpenedAsync(string contextKey, SessionSettings settings)
    {
        await Erasure.WhenNotRemovedAsync();
        if (_contexts.Find(contextKey) is { } known)
        {
            // The second caller knows the tenant's own setting too.
            known = known with { IsKept = known.IsKept && settings.IsKept };

            // It was taken for dead, or refused, before it was open.
            var isReopened = known is { IsOpen: false, Frames: null or 0 };
            _contexts.Replace(isReopened ? known with { IsOpen = true, Frames = null } : known);
            await Store.WhenStoredAsync();
            return PlaceOf(known.Ordinal);
        }

        if (settings.IsNumbered && _claims.AreAgainst(ContextKey.Parse(contextKey), time.GetUtcNow()))
        {
            return new SessionPlace(0, HasListeners: false, IsCeded: true);
        }

        Refer(settings.Reference);
        stored.State.StartedAt ??= time.GetUtcNow();
        var ordinal = _contexts.Add(contextKey, time.GetUtcNow(), settings.IsKept);
        var hadListeners = !_audience.IsEmpty;
        await Store.StoreAsync();

        // Who came meanwhile has had the context told, and hears it from then on.
        return PlaceOf(ordinal) with { HasListeners = hadListeners && !_audience.IsEmpty };
    }

    public async Task OnClosedAsync(string contextKey, int frames, SessionContextEnd? how = null)
    {
        await Erasure.WhenNotRemovedAsync();
        Close(contextKey, frames, how);
        if (how is not null && _contexts.KeptCount > 0)
        {
            // After a restart session.json is written again from the stored state, so it must not know more than that.
            var contexts = _contexts;
            await Store.StoreAsync();
            if (contexts == _contexts)
            {
                Recording.Record(_contexts.All.Count);
            }
        }

        await NudgeWhenOverAsync();
    }

    public async Task ForgetAsync()
    {
        Recall.Stop();
        _owners.GiveUp();
        Recording.Stop();
        var key = SessionKey.Parse(this.GetPrimaryKeyString());
        await records.ForgetAsync(key.Tenant, key.Session);
        await Store.ClearAsync();
        _contexts = new SessionContexts();
    }

    public Task<SessionChange> EraseAsync(SessionChangeOrigin origin, ImmutableArray<string> ended) => Erasure.EraseAsync(origin, ended, _contexts, ForgetAsync);

    public Task<SessionChange> HoldAsync(SessionChangeOrigin origin) => Erasure.HoldAsync(origin, View().IsKnown);

    public Task<SessionChange> ReleaseAsync(SessionChangeOrigin origin) => Erasure.ReleaseAsync(origin);

    public async Task<SessionView> GetAsync()
    {
        await Recall.RecallAsync(wasLive: false);
        return View();
    }

    public Task<SessionView> ClaimAsync(string socketId, ImmutableArray<string> contextIds)
    {
        foreach (var contextId in contextIds.Except(_contexts.All.Select(context => ContextKey.Parse(context.ContextKey).Context)))
        {
            _claims.Add(contextId, socketId, time.GetUtcNow());
        }

        return GetAsync();
    }

    public async Task<SessionView> ListenAsync(string subscription, int listeners, ISessionObserver? observer = null, bool isRenewal = false)
    {
        await Recall.RecallAsync(wasLive: isRenewal && listeners > 0);
        Erasure.Observe(subscription, listeners > 0 ? observer : null);
        var wasEmpty = _audience.IsEmpty;
        _audience.Set(subscription, listeners, time.GetUtcNow() + SessionLease.Length);
        if (wasEmpty != _audience.IsEmpty)
        {
            await ReportContextsAsync();
        }

        return View();
    }

    public async Task<LiveSession> OnAttachedAsync(string socketId, string? reference)
    {
        _owners.Add(socketId);
        var key = SessionKey.Parse(this.GetPrimaryKeyString());
        var startedAt = stored.State.StartedAt ??= time.GetUtcNow();
        Refer(reference);
        if (Store.IsReferenceChanged)
        {
            await Store.StoreAsync();
        }

        return new LiveSession(key.Session, startedAt, stored.State.Reference);
    }

    public async Task<bool> OnDetachedAsync(string socketId, bool mayComeBack)
    {
        var reconnectTimeout = mayComeBack ? contextOptions.Value.ReconnectTimeout : TimeSpan.Zero;
        if (!_owners.Remove(socketId, time.GetUtcNow() + reconnectTimeout))
        {
            await Recall.OnForgottenClientLeftAsync(reconnectTimeout);
        }
        else if (_isRestored && _owners.AreGone)
        {
            await Recall.OnLastKnownClientLeftAsync();
        }

        if (reconnectTimeout > TimeSpan.Zero)
        {
            this.RegisterGrainTimer(NudgeWhenOverAsync, reconnectTimeout, Timeout.InfiniteTimeSpan);
        }

        Recording.RecordWhenDue();
        await NudgeWhenOverAsync();
        return IsLive();
    }

    private Task<int> CountClientsAsync()
    {
        var key = SessionKey.Parse(this.GetPrimaryKeyString());
        return GrainFactory.GetGrain<ISessionDirectoryGrain>(key.Tenant).CountClientsAsync(key.Session);
    }

    private SessionPlace PlaceOf(int ordinal)
        => new(ordinal, !_audience.IsEmpty) { SessionStartedAt = stored.State.StartedAt ?? FirstOpenedAt()!.Value };

    private IGrainTimer RegisterTimer(Func<CancellationToken, Task> callback, TimeSpan period) => this.RegisterGrainTimer(callback, period, period);

    private void Refer(string? reference)
    {
        if (reference is not null && reference != stored.State.Reference)
        {
            stored.State.Reference = reference;
            Store.IsReferenceChanged = true;
        }
    }

    private DateTimeOffset? FirstOpenedAt() => _contexts.All is [var first, ..] ? first.OpenedAt : null;

    private bool IsLive() => _contexts.OpenCount > 0 || _owners.AreThere(time.GetUtcNow());

    private SessionView View() => new(
        [.. _contexts.All],
        IsLive(),
        _audience.Count,
        stored.State.Reference)
    {
        StartedAt = stored.State.StartedAt ?? FirstOpenedAt(),
    };

    private void Close(string contextKey, int? frames, SessionContextEnd? how = null)
    {
        if (_contexts.Find(contextKey) is { } context)
        {
            _contexts.Replace(context with { IsOpen = false, Frames = frames, End = how });
        }
    }

    private async Task ReportContextsAsync()
    {
        var hasListeners = !_audience.IsEmpty;
        _leaseCheck?.Dispose();
        _leaseCheck = hasListeners ? this.RegisterGrainTimer(CheckLeasesAsync, SessionLease.Length, SessionLease.Renewal) : null;
        foreach (var context in _contexts.All.Where(context => context.IsOpen).ToArray())
        {
            CloseIfLost(context, isThere: await GrainFactory.GetGrain<IContextGrain>(context.ContextKey).SetAudienceAsync(hasListeners));
        }
    }

    private async Task CheckLeasesAsync(CancellationToken cancellationToken)
    {
        _audience.Expire(time.GetUtcNow());
        if (_audience.IsEmpty)
        {
            await ReportContextsAsync();
            return;
        }

        foreach (var context in _contexts.All.Where(context => context.IsOpen).ToArray())
        {
            CloseIfLost(context, isThere: await GrainFactory.GetGrain<IContextGrain>(context.ContextKey).ReadAsync(0, maxFrames: 0) is not null);
        }

        await NudgeWhenOverAsync(cancellationToken);
    }

    private void CloseIfLost(SessionContext context, bool isThere)
    {
        if (_lost.IsLost(context.ContextKey, isThere, _owners.AreThere(time.GetUtcNow())))
        {
            Close(context.ContextKey, frames: null);
        }
    }

    private Task NudgeWhenOverAsync(CancellationToken cancellationToken = default)
        => _audience.IsEmpty || IsLive() ? Task.CompletedTask : NudgeAsync();

    // They would find out with their next word to this grain; so they need not wait for it.
    private async Task NudgeAsync()
    {
        try
        {
            var stream = this.GetStreamProvider(SessionStreams.Provider).GetStream<FrameBatch>(SessionStreams.Of(SessionKey.Parse(this.GetPrimaryKeyString())));
            await stream.OnNextAsync(FrameBatch.Nudge);
        }
        catch (Exception e)
        {
            LogNotTold(logger, this.GetPrimaryKeyString(), e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The listeners of session {SessionKey} could not be told that it is over")]
    private static partial void LogNotTold(ILogger logger, string sessionKey, Exception exception);
}
