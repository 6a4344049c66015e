using System.Collections.Immutable;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Archive.Removal;

/// <summary>
/// Erases sessions, holds them and releases them. The session's grain decides, in one turn each: of an erasure and a hold at the same time, one comes
/// first, and a hold that was confirmed wins.
/// </summary>
public sealed class SessionEraser(IGrainFactory grains)
{
    /// <summary>Asks for an erasure when the retention time of a session is over.</summary>
    public const string Retention = "retention";

    /// <summary>Erases a session. When this returns <see cref="SessionChange.Done"/>, nothing of it can be had any more.</summary>
    /// <param name="key">The session.</param>
    /// <param name="origin">Who asks, for the record.</param>
    public async Task<SessionChange> EraseAsync(SessionKey key, SessionChangeOrigin origin)
    {
        // A context that was open when its process ended is still noted as open; its grain knows better. It is asked before the session's turn: it may itself
        // wait for the session.
        var session = grains.GetGrain<ISessionGrain>(key.ToString());
        var ended = ImmutableArray.CreateBuilder<string>();
        foreach (var context in (await session.GetAsync()).Contexts.Where(context => context.IsOpen))
        {
            if ((await grains.GetGrain<IContextGrain>(context.ContextKey).GetActivityAsync()).IsOpen)
            {
                return SessionChange.Open;
            }

            ended.Add(context.ContextKey);
        }

        return await session.EraseAsync(origin, ended.ToImmutable());
    }

    /// <summary>Keeps a session from being erased. When this returns <see cref="SessionChange.Done"/>, the hold is stored.</summary>
    public Task<SessionChange> HoldAsync(SessionKey key, SessionChangeOrigin origin) => grains.GetGrain<ISessionGrain>(key.ToString()).HoldAsync(origin);

    /// <summary>Releases a held session.</summary>
    public Task<SessionChange> ReleaseAsync(SessionKey key, SessionChangeOrigin origin) => grains.GetGrain<ISessionGrain>(key.ToString()).ReleaseAsync(origin);
}
