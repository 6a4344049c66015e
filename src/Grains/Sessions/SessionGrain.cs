using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TtsGrains.Grains.Archive;
using TtsGrains.Grains.Contexts;
using TtsGrains.Grains.Hosting;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Grains.Sessions;

/// <summary>
/// Keeps the order in which the contexts of one call were opened, and who listens. The order is stored: a session may go on after its silo, and
/// two contexts with one number would share a place in the archive. Listeners are not: they say again and again that they are there.
/// </summary>
[GrainType(GrainTypes.Session)]
internal sealed partial class SessionGrain(
    [PersistentState("session", OrleansHosting.Storage)] IPersistentState<SessionState> stored,
    IOptions<ContextOptions> contextOptions,
    SessionRecordWriter records,
    TimeProvider time,
    ILogger<SessionGrain> logger) : Grain, ISessionGrain
{
    private static readonly TimeSpan StorePause = TimeSpan.FromSeconds(3);

    private readonly SessionAudience _audience = new();
    private readonly SessionOwners _owners = new();
    private readonly SessionClaims _claims = new();
    private IGrainTimer? _leaseCheck;
    private IGrainTimer? _storing;

    public async Task<SessionPlace> OnOpenedAsync(string contextKey, SessionTerms terms)
    {
        var contexts = stored.State.Contexts;
        if (contexts.Find(context => context.ContextKey == contextKey) is { } known)
        {
            // Who asks second knows the tenant's own wish too.
            known = contexts[known.Ordinal - 1] = known with { IsKept = known.IsKept && terms.IsKept };
            if (known is { IsOpen: false, Frames: null or 0 })
            {
                // It was taken for dead, or refused, before it was open.
                contexts[known.Ordinal - 1] = known with { IsOpen = true, Frames = null };
            }

            return PlaceOf(known.Ordinal);
        }

        if (terms.IsNumbered && _claims.AreAgainst(ContextKey.Parse(contextKey), time.GetUtcNow()))
        {
            return new SessionPlace(0, HasListeners: false, IsCeded: true);
        }

        stored.State.Reference = terms.Reference ?? stored.State.Reference;
        stored.State.StartedAt ??= time.GetUtcNow();
        contexts.Add(new SessionContext(contexts.Count + 1, contextKey, IsOpen: true) { OpenedAt = time.GetUtcNow(), IsKept = terms.IsKept });
        var ordinal = contexts.Count;
        await StoreAsync();
        return PlaceOf(ordinal);
    }

    public async Task OnClosedAsync(string contextKey, int frames, SessionContextEnd? how = null)
    {
        Close(contextKey, frames, how);
        if (how is not null && stored.State.Contexts.Exists(context => context.IsKept))
        {
            // After a restart session.json is written again from the stored state, so it must not know more than that.
            await StoreAsync();
            records.Put(SessionSummary.Of(SessionKey.Parse(this.GetPrimaryKeyString()), stored.State));
        }

        await NudgeWhenOverAsync();
    }

    public async Task ForgetAsync()
    {
        _owners.GiveUp();
        var key = SessionKey.Parse(this.GetPrimaryKeyString());
        await records.ForgetAsync(key.Tenant, key.Session);
        await stored.ClearStateAsync();
        stored.State = new SessionState();
    }

    public Task<SessionView> GetAsync() => Task.FromResult(View());

    public Task<SessionView> ClaimAsync(string socketId, ImmutableArray<string> contextIds)
    {
        foreach (var contextId in contextIds.Except(stored.State.Contexts.Select(context => ContextKey.Parse(context.ContextKey).Context)))
        {
            _claims.Add(contextId, socketId, time.GetUtcNow());
        }

        return GetAsync();
    }

    public async Task<SessionView> ListenAsync(string subscription, int listeners)
    {
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
        if (reference is not null && reference != stored.State.Reference)
        {
            stored.State.Reference = reference;
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

        await NudgeWhenOverAsync();
        return View().IsLive;
    }

    private SessionPlace PlaceOf(int ordinal)
        => new(ordinal, !_audience.IsEmpty) { SessionStartedAt = stored.State.StartedAt ?? stored.State.Contexts[0].OpenedAt };

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
            await stored.WriteStateAsync();
            return true;
        }
        catch (Exception e)
        {
            LogNotStored(logger, this.GetPrimaryKeyString(), e.Message);
            return false;
        }
    }

    private SessionView View() => new(
        [.. stored.State.Contexts],
        stored.State.Contexts.Exists(context => context.IsOpen) || _owners.AreThere(time.GetUtcNow()),
        _audience.Count,
        stored.State.Reference)
    {
        StartedAt = stored.State.StartedAt ?? stored.State.Contexts.FirstOrDefault()?.OpenedAt,
    };

    private void Close(string contextKey, int? frames, SessionContextEnd? how = null)
    {
        var contexts = stored.State.Contexts;
        var index = contexts.FindIndex(context => context.ContextKey == contextKey);
        if (index >= 0)
        {
            contexts[index] = contexts[index] with { IsOpen = false, Frames = frames, End = how };
        }
    }

    private async Task TellContextsAsync()
    {
        var hasListeners = !_audience.IsEmpty;
        _leaseCheck?.Dispose();
        _leaseCheck = hasListeners ? this.RegisterGrainTimer(CheckLeasesAsync, SessionLease.Length, SessionLease.Renewal) : null;
        foreach (var context in stored.State.Contexts.Where(context => context.IsOpen).ToArray())
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
        => _audience.IsEmpty || View().IsLive ? Task.CompletedTask : NudgeAsync();

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

/// <summary>What is stored of a session.</summary>
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
