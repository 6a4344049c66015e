using System.Text.Json;

namespace TtsGrains.Testing;

/// <summary>One message that a <see cref="ScriptedUpstream"/> received.</summary>
/// <param name="Socket">The socket that it came over.</param>
/// <param name="Json">All of it.</param>
public sealed record ScriptedMessage(ScriptedSocket Socket, JsonElement Json)
{
    /// <summary>The context that it is for.</summary>
    public string ContextId => Json.GetProperty("context_id").GetString()!;

    /// <summary>Whether it cancels the context.</summary>
    public bool IsCancel => Flag("cancel");

    /// <summary>The text; empty when there is none.</summary>
    public string Transcript => Json.TryGetProperty("transcript", out var text) ? text.GetString()! : "";

    /// <summary>The model; empty when there is none.</summary>
    public string Model => Json.TryGetProperty("model_id", out var model) ? model.GetString()! : "";

    /// <summary>Whether more is to follow.</summary>
    public bool Continues => Flag("continue");

    /// <summary>Whether the segment ends with it.</summary>
    public bool Flushes => Flag("flush");

    /// <summary>Whether it asks for word times.</summary>
    public bool WantsTimestamps => Flag("add_timestamps");

    /// <summary>Of the audio that it asks for.</summary>
    public int BytesPerSecond
    {
        get
        {
            var format = Json.GetProperty("output_format");
            var bytesPerSample = format.GetProperty("encoding").GetString() switch
            {
                "pcm_f32le" => 4,
                "pcm_s16le" => 2,
                _ => 1,
            };
            return format.GetProperty("sample_rate").GetInt32() * bytesPerSample;
        }
    }

    private bool Flag(string name) => Json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
}
