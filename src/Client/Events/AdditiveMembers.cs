using System.Text.Json;

namespace TtsGrains.Client.Events;

/// <summary>What a message says beyond the envelope that <see cref="Protocol.Frames.ServerFrameParser"/> reads.</summary>
internal readonly record struct AdditiveMembers
{
    public string? Type { get; private init; }

    public string? ContextId { get; private init; }

    public string? SessionId { get; private init; }

    public string? RequestId { get; private init; }

    public string? Since { get; private init; }

    public long? Offset { get; private init; }

    public long? From { get; private init; }

    public long? To { get; private init; }

    /// <summary>Reads a message that is known to be a JSON object.</summary>
    public static AdditiveMembers Read(ReadOnlySpan<byte> utf8)
    {
        var read = default(AdditiveMembers);
        var reader = new Utf8JsonReader(utf8);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            read = reader.ValueTextEquals("type"u8) ? read with { Type = Text(ref reader) }
                : reader.ValueTextEquals("context_id"u8) ? read with { ContextId = Text(ref reader) }
                : reader.ValueTextEquals("session_id"u8) ? read with { SessionId = Text(ref reader) }
                : reader.ValueTextEquals("request_id"u8) ? read with { RequestId = Text(ref reader) }
                : reader.ValueTextEquals("since"u8) ? read with { Since = Text(ref reader) }
                : reader.ValueTextEquals("offset"u8) ? read with { Offset = Number(ref reader) }
                : reader.ValueTextEquals("from"u8) ? read with { From = Number(ref reader) }
                : reader.ValueTextEquals("to"u8) ? read with { To = Number(ref reader) }
                : Skip(ref reader, read);
        }

        return read;
    }

    private static AdditiveMembers Skip(ref Utf8JsonReader reader, AdditiveMembers read)
    {
        reader.Read();
        reader.Skip();
        return read;
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return null;
        }

        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: nothing that we sent, so nothing that is meant for us.
            return null;
        }
    }

    private static long? Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number))
        {
            return number;
        }

        reader.Skip();
        return null;
    }
}
