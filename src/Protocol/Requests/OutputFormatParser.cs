using System.Text.Json;
using TtsGrains.Protocol.Audio;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.Protocol.Requests;

/// <summary>Reads <c>output_format</c>. Which containers an endpoint allows is decided by <see cref="ContextOpening"/>.</summary>
internal static class OutputFormatParser
{
    private const int HighestBitRate = 10_000_000;

    public static void Read(ref Utf8JsonReader reader, ClientMessage message, ref ProtocolError? error)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            error ??= ErrorCatalogue.WrongType("output_format", "an object");
            return;
        }

        message.HasOutputFormat = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadMember(ref reader, message, ref error);
        }
    }

    private static void ReadMember(ref Utf8JsonReader reader, ClientMessage message, ref ProtocolError? error)
    {
        if (reader.ValueTextEquals("container"u8))
        {
            var name = JsonMembers.ReadString(ref reader, "output_format.container", ref error);
            message.Container = name is null ? AudioContainer.None : AudioNames.ParseContainer(name);
            if (name is not null && message.Container == AudioContainer.None)
            {
                error ??= ErrorCatalogue.Container(name, "raw, wav or mp3");
            }
        }
        else if (reader.ValueTextEquals("encoding"u8))
        {
            var name = JsonMembers.ReadString(ref reader, "output_format.encoding", ref error);
            message.Encoding = string.IsNullOrEmpty(name) ? AudioEncoding.None : AudioNames.ParseEncoding(name);
            if (!string.IsNullOrEmpty(name) && message.Encoding == AudioEncoding.None)
            {
                error ??= ErrorCatalogue.Encoding(name);
            }
        }
        else if (reader.ValueTextEquals("sample_rate"u8))
        {
            var rate = JsonMembers.ReadNumber(ref reader, "output_format.sample_rate", ref error);
            message.SampleRate = AudioNames.SampleRates.FirstOrDefault(known => known == rate);
            if (rate is not null && message.SampleRate == 0)
            {
                error ??= ErrorCatalogue.SampleRate(rate.Value);
            }
        }
        else if (reader.ValueTextEquals("bit_rate"u8))
        {
            message.BitRate = JsonMembers.ReadInteger(ref reader, "output_format.bit_rate", 0, HighestBitRate, ref error);
        }
        else
        {
            reader.Read();
            reader.Skip();
        }
    }
}
