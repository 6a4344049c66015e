using System.Collections.Immutable;
using TtsGrains.Grains.Hosting;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Grains.Sessions;

/// <summary>
/// Keeps the order in which the contexts of one call were opened. It is stored: a session may go on after its silo, and two contexts with one
/// number would share a place in the archive.
/// </summary>
internal sealed class SessionGrain([PersistentState("session", GrainEngine.Storage)] IPersistentState<SessionState> stored) : Grain, ISessionGrain
{
    public async Task<int> OnOpenedAsync(string contextKey)
    {
        var contexts = stored.State.Contexts;
        if (contexts.Find(context => context.ContextKey == contextKey) is { } known)
        {
            return known.Ordinal;
        }

        contexts.Add(new SessionContext(contexts.Count + 1, contextKey, IsOpen: true));
        await stored.WriteStateAsync();
        return contexts.Count;
    }

    public Task OnClosedAsync(string contextKey)
    {
        // Not worth a write of its own: it goes with the next one.
        var index = stored.State.Contexts.FindIndex(context => context.ContextKey == contextKey);
        if (index >= 0)
        {
            stored.State.Contexts[index] = stored.State.Contexts[index] with { IsOpen = false };
        }

        return Task.CompletedTask;
    }

    public Task<ImmutableArray<SessionContext>> GetContextsAsync() => Task.FromResult<ImmutableArray<SessionContext>>([.. stored.State.Contexts]);
}

/// <summary>What is stored of a session.</summary>
[GenerateSerializer, Alias("tts.SessionState")]
internal sealed class SessionState
{
    [Id(0)]
    public List<SessionContext> Contexts { get; set; } = [];
}
