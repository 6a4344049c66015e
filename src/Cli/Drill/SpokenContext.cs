using System.Buffers.Binary;
using System.Text;
using TtsGrains.Testing;

namespace TtsGrains.Cli.Drill;

/// <summary>One context as its caller received it. Each word is unique in its context, and the audio spells the text.</summary>
/// <param name="Session">The call.</param>
/// <param name="Context">The context's id.</param>
/// <param name="Segments">The text of each segment.</param>
/// <param name="Audio">What the caller received.</param>
/// <param name="Error">How it failed; null if it was spoken to its end.</param>
/// <param name="LongestPause">The longest time for which the caller had played everything and waited.</param>
internal sealed record SpokenContext(string Session, string Context, IReadOnlyList<string> Segments, byte[] Audio, string? Error, TimeSpan LongestPause)
{
    /// <summary>The words that were pushed.</summary>
    public IReadOnlyList<string> Words { get; } = WordsOf(string.Concat(Segments));

    /// <summary>The audio of the whole text.</summary>
    public byte[] Expected { get; } = ScriptedAudio.Of(string.Concat(Segments));

    /// <summary>Words that the caller did not receive.</summary>
    public int WordsLost => Words.Except(Received).Count();

    /// <summary>Words that the caller received again.</summary>
    public int WordsRepeated => Received.Length - Received.Distinct().Count();

    /// <summary>Bytes up to the first one that differs.</summary>
    public long BytesVerified => Audio.AsSpan().CommonPrefixLength(Expected);

    private string[] Received => WordsOf(TextOf(Audio));

    private static string[] WordsOf(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    // Torn audio too: what can be read of it tells what is missing.
    private static string TextOf(byte[] audio)
    {
        var text = new StringBuilder();
        for (var i = 0; i + ScriptedAudio.BytesPerCharacter <= audio.Length; i += ScriptedAudio.BytesPerCharacter)
        {
            text.Append((char)BinaryPrimitives.ReadUInt16LittleEndian(audio.AsSpan(i)));
        }

        return text.ToString();
    }
}
