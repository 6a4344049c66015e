using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Tests.Contexts;

/// <summary>Short names for what clients send and for the states that follow.</summary>
internal static class Pushes
{
    public static ContextInput Text(string text, bool flush = false, bool last = false) => new(text, flush, last);

    public static ContextCommand.Push Push(string text, bool flush = false, bool last = false, bool first = false)
        => new(Text(text, flush, last), first);

    /// <summary>Applies commands one after the other; the last decision.</summary>
    public static Decision Apply(params ReadOnlySpan<ContextCommand> commands) => ApplyTo(ContextState.New, commands);

    public static Decision ApplyTo(ContextState state, params ReadOnlySpan<ContextCommand> commands)
    {
        Decision decision = new(state, null, []);
        foreach (var command in commands)
        {
            decision = ContextLifecycle.Decide(decision.State, command);
        }

        return decision;
    }
}
