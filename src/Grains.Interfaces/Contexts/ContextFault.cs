using TtsGrains.Protocol.Errors;

namespace TtsGrains.Grains.Interfaces.Contexts;

/// <summary><see cref="ProtocolError"/> in a form that travels between grains.</summary>
[GenerateSerializer, Immutable, Alias("tts.ContextFault")]
public sealed record ContextFault(
    [property: Id(0)] int StatusCode,
    [property: Id(1)] string? Code,
    [property: Id(2)] string Title,
    [property: Id(3)] string Message)
{
    public static ContextFault From(ProtocolError error) => new(error.StatusCode, error.Code, error.Title, error.Message);

    public ProtocolError ToError() => new(StatusCode, Code, Title, Message);
}
