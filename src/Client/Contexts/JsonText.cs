using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TtsGrains.Client.Contexts;

/// <summary>
/// Writes text that may be cut between the halves of a surrogate pair, as token streams are. <see cref="Utf8JsonWriter"/> replaces a half by U+FFFD; the service
/// joins it with the other half in the next message when it gets it as an escape.
/// </summary>
internal static class JsonText
{
    /// <summary>Writes a member.</summary>
    public static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, string text)
    {
        if (!HasHalfPair(text))
        {
            json.WriteString(name, text);
            return;
        }

        json.WritePropertyName(name);
        json.WriteRawValue(Escape(text), skipInputValidation: true);
    }

    /// <summary>Returns the text as a JSON string, with quotes, in which halves of surrogate pairs are escapes.</summary>
    internal static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16).Append('"');
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var length) == OperationStatus.Done)
            {
                escaped.Append(JsonEncodedText.Encode(rest[..length], JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value);
            }
            else
            {
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)rest[0]:x4}");
            }

            rest = rest[length..];
        }

        return escaped.Append('"').ToString();
    }

    private static bool HasHalfPair(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            var next = text.IndexOfAnyInRange('\uD800', '\uDFFF');
            if (next < 0)
            {
                return false;
            }

            if (Rune.DecodeFromUtf16(text[next..], out _, out var length) != OperationStatus.Done)
            {
                return true;
            }

            text = text[(next + length)..];
        }

        return false;
    }
}
