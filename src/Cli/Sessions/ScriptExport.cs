using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TtsGrains.Cli.Sessions;

/// <summary>
/// Turns an archived context into a script that the scripted upstream of TtsGrains.Testing replays. Without text, each letter and digit becomes filler
/// of the same length, and the audio becomes silence of the same length; its digest stays. No tenant, session or context id is in it.
/// </summary>
internal static class ScriptExport
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Makes the script.</summary>
    /// <param name="manifest">The context's manifest.</param>
    /// <param name="withText">True to keep text and words.</param>
    /// <param name="audioOf">Returns the WAV file of a segment, to keep the audio; null for silence.</param>
    public static async Task<byte[]> OfAsync(ReadOnlyMemory<byte> manifest, bool withText, Func<int, Task<byte[]>>? audioOf)
    {
        var context = JsonNode.Parse(manifest.Span)!.AsObject();
        var segments = new JsonArray();
        foreach (var segment in context["segments"]!.AsArray())
        {
            segments.Add(await SegmentOfAsync(segment!.AsObject(), withText, audioOf));
        }

        var script = new JsonObject
        {
            ["version"] = 1,
            ["model_id"] = context["model_id"]!.DeepClone(),
            ["voice_id"] = context["voice_id"]!.DeepClone(),
            ["language"] = context["language"]?.DeepClone(),
            ["output_format"] = context["output_format"]!.DeepClone(),
            ["outcome"] = context["outcome"]!.DeepClone(),
            ["has_text"] = withText,
            ["has_audio"] = audioOf is not null,
            ["seams"] = context["seams"]!.DeepClone(),
            ["pauses"] = context["pauses"]?.DeepClone() ?? new JsonArray(),
            ["segments"] = segments,
        };
        return JsonSerializer.SerializeToUtf8Bytes(script, Readable);
    }

    /// <summary>Returns filler of the same length: markup, punctuation and white space stay, so that it is cut and spoken alike.</summary>
    public static string Redact(string text)
        => string.Create(text.Length, text, static (filler, text) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                filler[i] = FillerOf(text[i]);
            }
        });

    private static char FillerOf(char letter) => char.IsDigit(letter) ? '0'
        : char.IsUpper(letter) ? 'X'
        : char.IsLetter(letter) || char.IsSurrogate(letter) || char.IsControl(letter) ? 'x'
        : letter;

    private static async Task<JsonObject> SegmentOfAsync(JsonObject segment, bool withText, Func<int, Task<byte[]>>? audioOf)
    {
        var flushId = segment["flush_id"]!.GetValue<int>();
        var bytes = segment["bytes"]!.GetValue<long>();
        var frames = segment["frames"]?["list"]?.GetValue<string>() ?? $"{(bytes > 0 ? $"c{bytes} " : "")}{(segment["ending"]!.GetValue<string>() is "flush" or "Flush" ? "f" : "")}";
        var hasFile = segment["file"] is not null;
        return new JsonObject
        {
            ["flush_id"] = flushId,
            ["ending"] = segment["ending"]!.DeepClone(),
            ["text"] = TextOf(segment["text"]!.GetValue<string>(), withText),
            ["frames"] = frames.Trim(),
            ["bytes"] = bytes,
            ["audio_sha256"] = segment["audio_sha256"]?.DeepClone(),
            ["audio"] = audioOf is not null && hasFile ? Convert.ToBase64String(AudioIn(await audioOf(flushId), (int)bytes)) : null,
            ["words"] = new JsonArray([.. segment["words"]!.AsArray().Select(word => WordOf(word!.AsObject(), withText))]),
            ["error"] = ErrorOf(segment["frames"]?["error"]?.GetValue<string>()),
        };
    }

    // The audio is the last part of the file; behind an odd number of bytes there is one more, which fills it up.
    private static ReadOnlySpan<byte> AudioIn(ReadOnlySpan<byte> wav, int bytes) => wav[..^(bytes % 2)][^bytes..];

    private static JsonObject WordOf(JsonObject word, bool withText) => new JsonObject
    {
        ["word"] = TextOf(word["word"]!.GetValue<string>(), withText),
        ["start"] = word["start"]!.DeepClone(),
        ["end"] = word["end"]!.DeepClone(),
    };

    private static string TextOf(string text, bool withText) => withText ? text : Redact(text);

    // The frame that ended the context; older clients got a form without these members.
    private static JsonObject? ErrorOf(string? frame) => frame is not null && JsonNode.Parse(frame) is JsonObject error
        ? new JsonObject
        {
            ["status_code"] = error["status_code"]?.DeepClone() ?? 500,
            ["error_code"] = error["error_code"]?.DeepClone() ?? "internal_error",
            ["title"] = error["title"]?.DeepClone() ?? "Error",
            ["message"] = error["message"]?.DeepClone() ?? "",
        }
        : null;
}
