using TtsGrains.Protocol.Markup;

namespace TtsGrains.LocalVoice.Buffering;

/// <summary>Text that can be spoken now.</summary>
/// <param name="Text">The text without its tags.</param>
/// <param name="Tags">The tags, in order, each with its position in the text.</param>
internal sealed record BufferedText(string Text, IReadOnlyList<PlacedTag> Tags)
{
    public static BufferedText Empty { get; } = new("", []);

    public bool IsEmpty => Text.Length == 0 && Tags.Count == 0;
}

/// <summary>A tag and where it is in the text around it, in UTF-16 code units.</summary>
internal readonly record struct PlacedTag(int Position, MarkupToken Tag);
