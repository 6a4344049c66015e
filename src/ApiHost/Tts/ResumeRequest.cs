using System.Collections.Immutable;
using System.Globalization;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.ApiHost.Tts;

/// <summary>What a client that has lost its socket wants to go on with: <c>resume=&lt;context&gt;:&lt;offset&gt;</c>, or the context alone.</summary>
/// <param name="Text">As it was given.</param>
internal readonly record struct ResumeRequest(string Text)
{
    /// <summary>Finds the context among those of the session: the last life of its id.</summary>
    /// <param name="contexts">In the order in which they were opened.</param>
    /// <param name="contextId">The client's id of what is meant, known or not.</param>
    /// <param name="offset">The next offset wanted; null for where it was left.</param>
    public ContextKey? Find(ImmutableArray<SessionContext> contexts, out string contextId, out int? offset)
    {
        var colon = Text.LastIndexOf(':');
        if (colon > 0 && int.TryParse(Text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var given))
        {
            (contextId, offset) = (Text[..colon], given);
            if (FindLast(contexts, contextId) is { } found)
            {
                return found;
            }

            // The id may itself end in a colon and a number.
            if (FindLast(contexts, Text) is { } whole)
            {
                (contextId, offset) = (Text, null);
                return whole;
            }

            return null;
        }

        (contextId, offset) = (Text, null);
        return FindLast(contexts, Text);
    }

    /// <summary>Whether this is no position at all: something follows the last colon that is no offset, and no context is called so.</summary>
    public bool IsMalformed => Text.Length == 0 || Text[0] == ':' || Text.LastIndexOf(':') > 0;

    private static ContextKey? FindLast(ImmutableArray<SessionContext> contexts, string contextId)
    {
        for (var i = contexts.Length - 1; i >= 0; i--)
        {
            var key = ContextKey.Parse(contexts[i].ContextKey);
            if (key.Context == contextId)
            {
                return key;
            }
        }

        return null;
    }
}
