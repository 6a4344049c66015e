using System.Text.Json;

namespace TtsGrains.Testing;

/// <summary>One message that a <see cref="ScriptedUpstream"/> received.</summary>
/// <param name="Socket">The socket that it came over.</param>
/// <param name="Json">All of it.</param>
public sealed record ScriptedMessage(ScriptedSocket Socket, JsonElement Json)
{
    public string ContextId => Json.GetProperty("context_id").GetString()!;

    public bool IsCancel => Flag("cancel");

    public string Transcript => Json.TryGetProperty("transcript", out var text) ? text.GetString()! : "";

    public bool Continues => Flag("continue");

    public bool Flushes => Flag("flush");

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
