using System.Buffers.Binary;
using System.Text;

namespace TtsGrains.Testing;

/// <summary>
/// What <see cref="ScriptedUpstream"/> makes of a text: bytes that follow from it alone and can be read back. The audio of two texts, one after
/// the other, is the audio of both together; so it does not matter how a text was cut into pushes.
/// </summary>
public static class ScriptedAudio
{
    /// <summary>Whole samples in every encoding.</summary>
    public const int BytesPerCharacter = 16;

    /// <summary>The audio of a text.</summary>
    public static byte[] Of(ReadOnlySpan<char> text)
    {
        var audio = new byte[text.Length * BytesPerCharacter];
        for (var i = 0; i < audio.Length; i += sizeof(char))
        {
            BinaryPrimitives.WriteUInt16LittleEndian(audio.AsSpan(i), text[i / BytesPerCharacter]);
        }

        return audio;
    }

    /// <summary>The text that an audio was made of.</summary>
    /// <exception cref="FormatException">It is not the audio of any text: something is missing, doubled or torn.</exception>
    public static string TextOf(ReadOnlySpan<byte> audio)
    {
        var text = new StringBuilder();
        for (var i = 0; i < audio.Length; i += BytesPerCharacter)
        {
            text.Append((char)BinaryPrimitives.ReadUInt16LittleEndian(audio[i..]));
        }

        return Of(text.ToString()).AsSpan().SequenceEqual(audio)
            ? text.ToString()
            : throw new FormatException($"{audio.Length} bytes of audio are not that of a text.");
    }
}
