using System.Text.Json;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.Protocol.Requests;

/// <summary>
/// Reads the value after a member's name, checks its type and, when it is wrong, notes the first error and skips it.
/// A null is the same as an absent member: the SDKs send nulls for what was not set.
/// </summary>
internal static class JsonMembers
{
    public static string? ReadString(ref Utf8JsonReader reader, string field, ref ProtocolError? error)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return GetString(ref reader, field, ref error);
        }

        Refuse(ref reader, field, "a string", ref error);
        return null;
    }

    /// <summary>Reads a string that may be cut anywhere: half a surrogate pair stays in it.</summary>
    public static string? ReadText(ref Utf8JsonReader reader, string field, ref ProtocolError? error)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            ProtocolError? refused = null;
            if (GetString(ref reader, field, ref refused) is { } text || JsonText.TryUnescape(reader.ValueSpan, out text))
            {
                return text;
            }

            error ??= refused;
            return null;
        }

        Refuse(ref reader, field, "a string", ref error);
        return null;
    }

    /// <summary>The string that the reader stands on. Half a surrogate pair, as a cut emoji leaves it, is an error of this member only.</summary>
    public static string? GetString(ref Utf8JsonReader reader, string field, ref ProtocolError? error)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            error ??= ErrorCatalogue.WrongType(field, "a string of valid Unicode");
            return null;
        }
    }

    public static bool ReadFlag(ref Utf8JsonReader reader, string field, ref ProtocolError? error)
        => ReadOptionalFlag(ref reader, field, ref error) ?? false;

    public static bool? ReadOptionalFlag(ref Utf8JsonReader reader, string field, ref ProtocolError? error)
    {
        reader.Read();
        if (reader.TokenType is JsonTokenType.True or JsonTokenType.False)
        {
            return reader.TokenType == JsonTokenType.True;
        }

        Refuse(ref reader, field, "true or false", ref error);
        return null;
    }

    public static int? ReadInteger(ref Utf8JsonReader reader, string field, int lowest, int highest, ref ProtocolError? error)
    {
        if (ReadNumber(ref reader, field, ref error) is not { } value)
        {
            return null;
        }

        if (value == Math.Floor(value) && value >= lowest && value <= highest)
        {
            return (int)value;
        }

        error ??= ErrorCatalogue.OutOfRange(field, $"a whole number from {lowest} to {highest}");
        return null;
    }

    /// <summary>Any number; infinite when it is too large for a double.</summary>
    public static double? ReadNumber(ref Utf8JsonReader reader, string field, ref ProtocolError? error)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number)
        {
            return reader.TryGetDouble(out var value) ? value : double.PositiveInfinity;
        }

        Refuse(ref reader, field, "a whole number", ref error);
        return null;
    }

    /// <summary>The raw JSON of an object; empty when null.</summary>
    public static byte[] ReadObject(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, string field, ref ProtocolError? error)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            return utf8[start..(int)reader.BytesConsumed].ToArray();
        }

        Refuse(ref reader, field, "an object", ref error);
        return [];
    }

    /// <summary>The raw JSON of an array; empty when null.</summary>
    public static byte[] ReadArray(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, string field, ref ProtocolError? error)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            return utf8[start..(int)reader.BytesConsumed].ToArray();
        }

        Refuse(ref reader, field, "an array", ref error);
        return [];
    }

    private static void Refuse(ref Utf8JsonReader reader, string field, string expected, ref ProtocolError? error)
    {
        if (reader.TokenType != JsonTokenType.Null)
        {
            error ??= ErrorCatalogue.WrongType(field, expected);
        }

        reader.Skip();
    }
}
