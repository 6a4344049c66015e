using System.Text.Json;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.LocalVoice.Contexts;

/// <summary>How a text is to be said.</summary>
/// <param name="Speed">1 is normal; 0.6 to 2.</param>
/// <param name="Volume">1 is normal; 0.5 to 2.</param>
internal readonly record struct GenerationConfig(double Speed, double Volume)
{
    private const double Slow = 0.8;

    private const double Fast = 1.25;

    /// <summary>What a message that opens a context asks for.</summary>
    public static GenerationConfig Open(ClientMessage message)
        => Read(message.GenerationConfig, new GenerationConfig(LegacySpeed(message.PassThrough), 1));

    /// <summary>What a later message changes; what it does not say stays.</summary>
    public GenerationConfig Change(ClientMessage message) => Read(message.GenerationConfig, this);

    /// <summary>The nearest values that are possible.</summary>
    public static GenerationConfig Limit(double speed, double volume) => new(Math.Clamp(speed, 0.6, 2), Math.Clamp(volume, 0.5, 2));

    private static GenerationConfig Read(ReadOnlyMemory<byte> json, GenerationConfig current)
    {
        if (json.IsEmpty)
        {
            return current;
        }

        using var document = JsonDocument.Parse(json);
        var speed = ReadNumber(document.RootElement, "speed") ?? current.Speed;
        var volume = ReadNumber(document.RootElement, "volume") ?? current.Volume;
        return Limit(speed, volume);
    }

    private static double? ReadNumber(JsonElement json, string name)
        => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) ? number : null;

    // The deprecated member "speed" beside generation_config: slow, normal or fast.
    private static double LegacySpeed(ReadOnlyMemory<byte> members)
    {
        if (members.Span.IndexOf("\"speed\""u8) < 0)
        {
            return 1;
        }

        byte[] json = [(byte)'{', .. members.Span[1..], (byte)'}'];
        using var document = JsonDocument.Parse(json);
        return document.RootElement.TryGetProperty("speed", out var speed) && speed.ValueKind == JsonValueKind.String
            ? speed.GetString() switch { "slow" => Slow, "fast" => Fast, _ => 1 }
            : 1;
    }
}
