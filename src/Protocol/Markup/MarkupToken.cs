namespace TtsGrains.Protocol.Markup;

/// <summary>A piece of a transcript: a run of text or one tag. The <see cref="Source"/> of all tokens, joined, is the transcript.</summary>
/// <param name="Kind">Text, or which tag.</param>
/// <param name="Source">The piece as the client sent it.</param>
/// <param name="Position">Where the piece begins in the whole input, in UTF-16 code units.</param>
/// <param name="Number">Seconds of a break; ratio of a speed or volume; else 0.</param>
/// <param name="Emotion">Name of the emotion; null for other kinds.</param>
public readonly record struct MarkupToken(MarkupKind Kind, string Source, long Position, double Number = 0, string? Emotion = null)
{
    /// <summary>True if it is a tag, which has no words.</summary>
    public bool IsTag => Kind != MarkupKind.Text;

    /// <summary>Position after the piece, in UTF-16 code units.</summary>
    public long End => Position + Source.Length;
}
