using System.Collections.Immutable;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Grains.Sessions;

/// <summary>Keeps the order in which the contexts of one call were opened.</summary>
internal sealed class SessionGrain : Grain, ISessionGrain
{
    private readonly List<SessionContext> _contexts = [];

    public Task<int> OnOpenedAsync(string contextKey)
    {
        if (_contexts.Find(context => context.ContextKey == contextKey) is { } known)
        {
            return Task.FromResult(known.Ordinal);
        }

        _contexts.Add(new SessionContext(_contexts.Count + 1, contextKey, IsOpen: true));
        return Task.FromResult(_contexts.Count);
    }

    public Task OnClosedAsync(string contextKey)
    {
        var index = _contexts.FindIndex(context => context.ContextKey == contextKey);
        if (index >= 0)
        {
            _contexts[index] = _contexts[index] with { IsOpen = false };
        }

        return Task.CompletedTask;
    }

    public Task<ImmutableArray<SessionContext>> GetContextsAsync() => Task.FromResult<ImmutableArray<SessionContext>>([.. _contexts]);
}
