using System.Buffers.Text;
using System.Text.Json;

namespace TtsGrains.Protocol.Frames;

/// <summary>
/// Reads the members of a JSON object without copies. A value of another type than expected is skipped, or understood if its meaning is clear: numbers and
/// flags as strings.
/// </summary>
internal ref struct LenientReader
{
    // Some senders end each message with another object, or a line of them.
    private static readonly JsonReaderOptions Tolerant = new() { AllowMultipleValues = true, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    private readonly ReadOnlySpan<byte> _utf8;
    private Utf8JsonReader _reader;

    /// <param name="utf8">The text, which begins with the object.</param>
    public LenientReader(ReadOnlySpan<byte> utf8)
    {
        _utf8 = utf8;
        _reader = new Utf8JsonReader(utf8, Tolerant);
    }

    /// <summary>Gets the number of bytes that were read.</summary>
    public readonly int Consumed => (int)_reader.BytesConsumed;

    /// <summary>Gets the type of the value that <see cref="Read"/> has read.</summary>
    public readonly JsonTokenType Type => _reader.TokenType;

    /// <summary>Gets the JSON text of the value that <see cref="Read"/> has read, a string's without quotes.</summary>
    public readonly ReadOnlySpan<byte> Value => _reader.ValueSpan;

    /// <summary>Begins an object. False if the text begins with anything else.</summary>
    public bool TryBegin() => _reader.Read() && _reader.TokenType == JsonTokenType.StartObject;

    /// <summary>Reads the name of the next member. False at the end of the object.</summary>
    public bool ReadName() => _reader.Read() && _reader.TokenType == JsonTokenType.PropertyName;

    /// <summary>True if this is the name that was read.</summary>
    public readonly bool IsName(ReadOnlySpan<byte> name) => _reader.ValueTextEquals(name);

    /// <summary>Reads the value, or the first token of it.</summary>
    public JsonTokenType Read()
    {
        _reader.Read();
        return _reader.TokenType;
    }

    /// <summary>Skips the rest of a value that <see cref="Read"/> has begun.</summary>
    public void Skip() => _reader.Skip();

    /// <summary>Skips the value.</summary>
    public void SkipValue()
    {
        _reader.Read();
        _reader.Skip();
    }

    /// <summary>Reads a string, as it is escaped.</summary>
    public ReadOnlySpan<byte> ReadString()
    {
        if (Read() == JsonTokenType.String)
        {
            return _reader.ValueSpan;
        }

        _reader.Skip();
        return default;
    }

    public bool ReadFlag()
    {
        var isSet = Read() switch
        {
            JsonTokenType.True => true,
            JsonTokenType.String => _reader.ValueTextEquals("true"u8) || _reader.ValueTextEquals("True"u8) || _reader.ValueTextEquals("1"u8),
            JsonTokenType.Number => ToInteger(_reader.ValueSpan) == 1,
            _ => false,
        };
        _reader.Skip();
        return isSet;
    }

    public int? ReadInteger()
    {
        if (Read() is JsonTokenType.Number or JsonTokenType.String)
        {
            return ToInteger(_reader.ValueSpan);
        }

        _reader.Skip();
        return null;
    }

    /// <summary>Reads a number as JSON text, ready to be passed on.</summary>
    public ReadOnlySpan<byte> ReadNumber()
    {
        switch (Read())
        {
            case JsonTokenType.Number:
                return _reader.ValueSpan;
            case JsonTokenType.String:
                var text = _reader.ValueSpan.Trim((byte)' ');
                return JsonNumber.IsValid(text) ? text : default;
            default:
                _reader.Skip();
                return default;
        }
    }

    /// <summary>Reads an object as JSON text.</summary>
    public ReadOnlySpan<byte> ReadObject()
    {
        if (Read() != JsonTokenType.StartObject)
        {
            _reader.Skip();
            return default;
        }

        var start = (int)_reader.TokenStartIndex;
        _reader.Skip();
        return _utf8[start..(int)_reader.BytesConsumed];
    }

    /// <summary>Reads an integer. 206, "206" and 206.0 are the same. Null if the text is none.</summary>
    public static int? ToInteger(ReadOnlySpan<byte> text)
    {
        text = text.Trim((byte)' ');
        return Utf8Parser.TryParse(text, out int integer, out var used) && used == text.Length ? integer
            : Utf8Parser.TryParse(text, out double number, out used) && used == text.Length && number is > int.MinValue and < int.MaxValue && double.IsInteger(number) ? (int)number
            : null;
    }
}
