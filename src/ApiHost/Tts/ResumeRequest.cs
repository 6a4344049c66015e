using System.Globalization;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.ApiHost.Tts;

/// <summary>What a client that has lost its socket wants to go on with: <c>resume=&lt;context&gt;:&lt;offset&gt;</c>, or the context alone.</summary>
/// <param name="Text">As it was given.</param>
internal readonly record struct ResumeRequest(string Text)
{
    /// <summary>The client's id of the context, as far as the text alone can tell.</summary>
    public string ContextId => TryRead(out var contextId, out _) ? contextId : Text;

    /// <summary>Finds the context that is meant.</summary>
    /// <param name="find">Finds one by the client's id.</param>
    /// <param name="contextId">The client's id of what is meant, known or not.</param>
    /// <param name="offset">The next offset wanted; null for where it was left.</param>
    public ContextKey? Find(Func<string, ContextKey?> find, out string contextId, out int? offset)
    {
        (contextId, offset) = (Text, null);
        if (!TryRead(out var before, out var given))
        {
            return find(Text);
        }

        // The id may itself end in a colon and a number.
        var found = find(before);
        if (found is null && find(Text) is { } whole)
        {
            return whole;
        }

        (contextId, offset) = (before, given);
        return found;
    }

    /// <summary>Whether this is no position at all: something follows the last colon that is no offset, and no context is called so.</summary>
    public bool IsMalformed => Text.Length == 0 || Text[0] == ':' || Text.LastIndexOf(':') > 0;

    private bool TryRead(out string contextId, out int offset)
    {
        var colon = Text.LastIndexOf(':');
        (contextId, offset) = (colon > 0 ? Text[..colon] : "", 0);
        return colon > 0 && int.TryParse(Text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out offset);
    }
}
