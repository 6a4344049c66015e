using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using TtsGrains.Grains.Archive;
using TtsGrains.Grains.Contexts;
using TtsGrains.Grains.Hosting;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Grains.Sessions;

/// <summary>
/// Keeps the order in which the contexts of one call were opened, and who listens. The order is stored: a session may go on after its silo, and
/// two contexts with one number would share a place in the archive. Listeners are not: they say again and again that they are there. The cost of an
/// opening does not depend on the number of contexts before it: see <see cref="SessionContexts"/>.
/// </summary>
[GrainType(GrainTypes.Session)]
internal sealed partial class SessionGrain(
    [PersistentState("session", OrleansHosting.Storage)] IPersistentState<SessionState> stored,
    [FromKeyedServices(OrleansHosting.Storage)] IGrainStorage storage,
    IOptions<ContextOptions> contextOptions,
    SessionRecordWriter records,
    SessionRemoval removal,
    TimeProvider time,
    ILogger<SessionGrain> logger) : Grain, ISessionGrain
{
    private static readonly TimeSpan StorePause = TimeSpan.FromSeconds(3);

    private readonly SessionAudience _audience = new();
    private readonly SessionOwners _owners = new();
    private readonly SessionClaims _claims = new();
    private SessionContexts _contexts = new();
    private SessionPages? _pages;
    private bool _isReferenceChanged;
    private IGrainTimer? _leaseCheck;
    private IGrainTimer? _storing;
    private IGrainTimer? _recording;

    // The whole record is written anew each time: the longer the session, the less often.
    private TimeSpan RecordInterval => _contexts.All.Count <= SessionContexts.PageSize ? TimeSpan.Zero : TimeSpan.FromMilliseconds(_contexts.All.Count);

    private SessionPages Pages => _pages ??= new SessionPages(storage, this.GetGrainId());

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _contexts.Load(stored.State.Contexts);
        if (_contexts.All.Count == SessionContexts.PageSize)
        {
            await Pages.ReadAsync(_contexts.Load);
        }
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        RecordWhenDue();
        return Task.CompletedTask;
    }

    public async Task<SessionPlace> OnOpenedAsync(string contextKey, SessionTerms terms)
    {
        if (_contexts.Find(contextKey) is { } known)
        {
            // The second caller knows the tenant's own setting too.
            known = known with { IsKept = known.IsKept && terms.IsKept };

            // It was taken for dead, or refused, before it was open.
            var isReopened = known is { IsOpen: false, Frames: null or 0 };
            _contexts.Replace(isReopened ? known with { IsOpen = true, Frames = null } : known);
            return PlaceOf(known.Ordinal);
        }

        if (terms.IsNumbered && _claims.AreAgainst(ContextKey.Parse(contextKey), time.GetUtcNow()))
        {
            return new SessionPlace(0, HasListeners: false, IsCeded: true);
        }

        Refer(terms.Reference);
        stored.State.StartedAt ??= time.GetUtcNow();
        var ordinal = _contexts.Add(contextKey, time.GetUtcNow(), terms.IsKept);
        await StoreAsync();
        return PlaceOf(ordinal);
    }

    public async Task OnClosedAsync(string contextKey, int frames, SessionContextEnd? how = null)
    {
        Close(contextKey, frames, how);
        if (how is not null && _contexts.KeptCount > 0)
        {
            // After a restart session.json is written again from the stored state, so it must not know more than that.
            await StoreAsync();
            Record();
        }

        await NudgeWhenOverAsync();
    }

    public async Task ForgetAsync()
    {
        _owners.GiveUp();
        _recording?.Dispose();
        _recording = null;
        var key = SessionKey.Parse(this.GetPrimaryKeyString());
        await records.ForgetAsync(key.Tenant, key.Session);
        await Pages.ClearAsync();
        await stored.ClearStateAsync();
        stored.State = new SessionState();
        (_contexts, _isReferenceChanged) = (new SessionContexts(), false);
    }

    public Task<SessionView> GetAsync() => Task.FromResult(View());

    public Task<SessionView> ClaimAsync(string socketId, ImmutableArray<string> contextIds)
    {
        foreach (var contextId in contextIds.Except(_contexts.All.Select(context => ContextKey.Parse(context.ContextKey).Context)))
        {
            _claims.Add(contextId, socketId, time.GetUtcNow());
        }

        return GetAsync();
    }

    public async Task<SessionView> ListenAsync(string subscription, int listeners, ISessionObserver? observer = null)
    {
        Observe(subscription, listeners > 0 ? observer : null);
        var wasEmpty = _audience.IsEmpty;
        _audience.Set(subscription, listeners, time.GetUtcNow() + SessionLease.Length);
        if (wasEmpty != _audience.IsEmpty)
        {
            await TellContextsAsync();
        }

        return View();
    }

    public async Task<LiveSession> OnAttachedAsync(string socketId, string? reference)
    {
        _owners.Add(socketId);
        var key = SessionKey.Parse(this.GetPrimaryKeyString());
        var startedAt = stored.State.StartedAt ??= time.GetUtcNow();
        Refer(reference);
        if (_isReferenceChanged)
        {
            await StoreAsync();
        }

        return new LiveSession(key.Session, startedAt, stored.State.Reference);
    }

    public async Task<bool> OnDetachedAsync(string socketId, bool mayComeBack)
    {
        var patience = mayComeBack ? contextOptions.Value.Linger : TimeSpan.Zero;
        _owners.Remove(socketId, time.GetUtcNow() + patience);
        if (patience > TimeSpan.Zero)
        {
            this.RegisterGrainTimer(NudgeWhenOverAsync, patience, Timeout.InfiniteTimeSpan);
        }

        RecordWhenDue();
        await NudgeWhenOverAsync();
        return IsLive();
    }

    private SessionPlace PlaceOf(int ordinal)
        => new(ordinal, !_audience.IsEmpty) { SessionStartedAt = stored.State.StartedAt ?? FirstOpenedAt()!.Value };

    // What cannot be stored now is kept here and stored later: nobody waits for it, and those who come meanwhile do not try for themselves.
    private async Task StoreAsync()
    {
        if (_storing is null && !await TryStoreAsync())
        {
            _storing = this.RegisterGrainTimer(StoreAgainAsync, StorePause, StorePause);
        }
    }

    private async Task StoreAgainAsync(CancellationToken cancellationToken)
    {
        if (await TryStoreAsync())
        {
            _storing?.Dispose();
            _storing = null;
        }
    }

    private async Task<bool> TryStoreAsync()
    {
        try
        {
            // From the first page on, so that what is stored is a whole beginning at any time.
            foreach (var page in _contexts.ChangedPages.ToArray())
            {
                await StorePageAsync(page);
            }

            if (_isReferenceChanged)
            {
                await StorePageAsync(0);
            }

            return true;
        }
        catch (Exception e)
        {
            LogNotStored(logger, this.GetPrimaryKeyString(), e.Message);
            return false;
        }
    }

    private async Task StorePageAsync(int page)
    {
        if (page > 0)
        {
            await Pages.WriteAsync(page, _contexts.Page(page));
        }
        else
        {
            stored.State.Contexts = _contexts.Page(0);
            await stored.WriteStateAsync();
            _isReferenceChanged = false;
        }

        _contexts.OnStored(page);
    }

    private void Refer(string? reference)
    {
        if (reference is not null && reference != stored.State.Reference)
        {
            stored.State.Reference = reference;
            _isReferenceChanged = true;
        }
    }

    private void Record()
    {
        if (RecordInterval == TimeSpan.Zero)
        {
            PutRecord();
        }
        else
        {
            _recording ??= this.RegisterGrainTimer(
                _ =>
                {
                    RecordWhenDue();
                    return Task.CompletedTask;
                },
                RecordInterval,
                Timeout.InfiniteTimeSpan);
        }
    }

    private void RecordWhenDue()
    {
        if (_recording is not null)
        {
            _recording.Dispose();
            _recording = null;
            PutRecord();
        }
    }

    private void PutRecord() => records.Put(SessionSummary.Of(SessionKey.Parse(this.GetPrimaryKeyString()), _contexts.All, stored.State));

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

    private async Task TellContextsAsync()
    {
        var hasListeners = !_audience.IsEmpty;
        _leaseCheck?.Dispose();
        _leaseCheck = hasListeners ? this.RegisterGrainTimer(CheckLeasesAsync, SessionLease.Length, SessionLease.Renewal) : null;
        foreach (var context in _contexts.All.Where(context => context.IsOpen).ToArray())
        {
            // One that has died with its silo, or was never heard of again, is over.
            if (!await GrainFactory.GetGrain<IContextGrain>(context.ContextKey).SetAudienceAsync(hasListeners))
            {
                Close(context.ContextKey, frames: null);
            }
        }
    }

    private Task CheckLeasesAsync(CancellationToken cancellationToken)
    {
        _audience.Expire(time.GetUtcNow());
        return _audience.IsEmpty ? TellContextsAsync() : Task.CompletedTask;
    }

    private Task NudgeWhenOverAsync(CancellationToken cancellationToken = default)
        => _audience.IsEmpty || IsLive() ? Task.CompletedTask : NudgeAsync();

    // They would find out with their next word to this grain; so they need not wait for it.
    private async Task NudgeAsync()
    {
        try
        {
            var stream = this.GetStreamProvider(OrleansHosting.Streams).GetStream<FrameBatch>(SessionStreams.Of(SessionKey.Parse(this.GetPrimaryKeyString())));
            await stream.OnNextAsync(FrameBatch.Nudge);
        }
        catch (Exception e)
        {
            LogNotTold(logger, this.GetPrimaryKeyString(), e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {SessionKey} could not be stored yet: {Reason}")]
    private static partial void LogNotStored(ILogger logger, string sessionKey, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The listeners of session {SessionKey} could not be told that it is over")]
    private static partial void LogNotTold(ILogger logger, string sessionKey, Exception exception);
}

/// <summary>The stored state of a session, with the first page of its contexts; see <see cref="SessionPages"/> for the others.</summary>
[GenerateSerializer, Alias("tts.SessionState")]
internal sealed class SessionState
{
    [Id(0)]
    public List<SessionContext> Contexts { get; set; } = [];

    [Id(1)]
    public string? Reference { get; set; }

    /// <summary>When its first client connected or its first context was opened.</summary>
    [Id(2)]
    public DateTimeOffset? StartedAt { get; set; }
}
