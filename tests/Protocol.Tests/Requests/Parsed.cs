using System.Text;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.Protocol.Tests.Requests;

/// <summary>Parses text as a client would send it.</summary>
internal static class Parsed
{
    /// <summary>A message that may open a context; the tests change one thing of it.</summary>
    public const string Opening =
        """{"context_id":"c1","model_id":"sonic-3","transcript":"Hello there ","voice":"v-1","output_format":{"container":"raw","encoding":"pcm_s16le","sample_rate":16000}}""";

    public static ClientMessage Valid(string json)
    {
        Assert.Null(ClientMessageParser.Parse(Encoding.UTF8.GetBytes(json), out var message));
        return message;
    }

    public static ProtocolError Error(string json) => Error(json, out _);

    public static ProtocolError Error(string json, out ClientMessage message)
    {
        var error = ClientMessageParser.Parse(Encoding.UTF8.GetBytes(json), out message);
        Assert.NotNull(error);
        Assert.Equal(400, error.StatusCode);
        return error;
    }

    public static SpeechSettings Settings(string json, ApiVersion? version = null)
    {
        Assert.Null(ContextOpening.Check(Valid(json), version ?? ApiVersion.Newest, out var settings));
        Assert.NotNull(settings);
        return settings;
    }

    public static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
