using System.Buffers;
using System.Buffers.Text;

namespace TtsGrains.Protocol.Audio;

/// <summary>
/// The base64 text of a chunk as it stands between its JSON quotes. Text in the strict form is recognised without decoding it; what senders write
/// otherwise (without padding, in the URL alphabet, with line breaks or JSON escapes, several texts in one) is decoded too. Pure.
/// </summary>
public static class Base64Audio
{
    private static readonly SearchValues<byte> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    private static readonly sbyte[] Values = MakeValues();

    /// <summary>The most bytes that a text stands for.</summary>
    public static int GetMaxDecodedLength(int textLength) => (textLength / 4 * 3) + 3;

    /// <summary>Determines whether a text has the strict form: the standard alphabet, padded, in one piece.</summary>
    /// <param name="text">The text.</param>
    /// <param name="decodedLength">The number of bytes that it stands for.</param>
    public static bool IsStrict(ReadOnlySpan<byte> text, out int decodedLength)
    {
        decodedLength = 0;
        if (text.IsEmpty || text.Length % 4 != 0)
        {
            return false;
        }

        var end = text.IndexOfAnyExcept(Alphabet);
        var padding = end < 0 ? 0 : text.Length - end;
        if (padding > 2 || (padding > 0 && text[^1] != '=') || (padding == 2 && text[^2] != '='))
        {
            return false;
        }

        // Bits that stand for nothing must be 0: strict decoders refuse others.
        if (padding > 0 && (Values[text[end - 1]] & (padding == 2 ? 0b1111 : 0b11)) != 0)
        {
            return false;
        }

        decodedLength = (text.Length / 4 * 3) - padding;
        return true;
    }

    /// <summary>Decodes a text in any of the forms that senders use.</summary>
    /// <param name="text">The text, JSON escapes included.</param>
    /// <param name="destination">At least <see cref="GetMaxDecodedLength"/> bytes.</param>
    /// <param name="written">The number of bytes written.</param>
    /// <returns>False when it is not base64.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> destination, out int written)
    {
        written = 0;
        var (bits, count) = (0, 0);
        while (!text.IsEmpty)
        {
            if (!TryTakeCharacter(ref text, out var character))
            {
                return false;
            }

            if (character is ' ' or '\n' or '\r' or '\t')
            {
                continue;
            }

            if (character == '=')
            {
                // The end of one text; another may follow.
                if (count == 6)
                {
                    return false;
                }

                (bits, count) = (0, 0);
                continue;
            }

            var value = character < Values.Length ? Values[character] : -1;
            if (value < 0)
            {
                return false;
            }

            bits = (bits << 6) | value;
            count += 6;
            if (count >= 8)
            {
                count -= 8;
                destination[written++] = (byte)(bits >> count);
                bits &= (1 << count) - 1;
            }
        }

        // One character alone is less than a byte.
        return count != 6;
    }

    // Text that can be passed on has one byte for each character; JSON may write any of them in another way.
    private static bool TryTakeCharacter(ref ReadOnlySpan<byte> text, out char character)
    {
        character = (char)text[0];
        if (character != '\\')
        {
            text = text[1..];
            return true;
        }

        if (text.Length >= 6 && text[1] == 'u' && Utf8Parser.TryParse(text[2..6], out ushort code, out var used, 'x') && used == 4)
        {
            character = (char)code;
            text = text[6..];
            return true;
        }

        if (text.Length < 2)
        {
            return false;
        }

        character = text[1] switch
        {
            (byte)'/' => '/',
            (byte)'n' => '\n',
            (byte)'r' => '\r',
            (byte)'t' => '\t',
            _ => '\0',
        };
        text = text[2..];
        return true;
    }

    private static sbyte[] MakeValues()
    {
        var values = new sbyte[128];
        Array.Fill<sbyte>(values, -1);
        const string Characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (sbyte i = 0; i < Characters.Length; i++)
        {
            values[Characters[i]] = i;
        }

        (values['-'], values['_']) = (62, 63);
        return values;
    }
}
