using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TtsGrains.Testing;

/// <summary>How base64 is written. Zero is the standard form.</summary>
public enum Base64Form
{
    /// <summary>The standard alphabet with padding.</summary>
    Standard = 0,

    /// <summary>The standard alphabet without padding.</summary>
    Unpadded = 1,

    /// <summary>The URL alphabet with padding.</summary>
    Url = 2,

    /// <summary>The URL alphabet without padding.</summary>
    UrlUnpadded = 3,

    /// <summary>With a line break every 76 characters, and one at the end.</summary>
    Lines = 4,

    /// <summary>With JSON escapes for characters that need none.</summary>
    Escaped = 5,
}

/// <summary>
/// How a <see cref="ScriptedContext"/> writes its frames: strictly as the protocol says, or in one of the ways in which real upstreams differ from it.
/// </summary>
public sealed record FrameStyle
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>As the protocol says.</summary>
    public static FrameStyle Strict { get; } = new();

    /// <summary>Bytes of audio in each chunk, any number: samples may be cut. 0 for 256 bytes, which are whole samples in every encoding. Default: 0.</summary>
    public int BytesPerChunk { get; init; }

    /// <summary>How the audio is written.</summary>
    public Base64Form Base64 { get; init; }

    /// <summary>True if numbers, word times too, are written as strings.</summary>
    public bool NumbersAsStrings { get; init; }

    /// <summary>True if an error is one object <c>error</c> with the members <c>status</c>, <c>code</c>, <c>title</c> and <c>message</c>.</summary>
    public bool ErrorsAsObjects { get; init; }

    /// <summary>True if each frame begins with a byte order mark.</summary>
    public bool ByteOrderMark { get; init; }

    /// <summary>True if frames have no <c>type</c>.</summary>
    public bool WithoutType { get; init; }

    /// <summary>True if <c>flush_done</c>, <c>timestamps</c> and <c>done</c> are sent twice.</summary>
    public bool Twice { get; init; }

    internal string Encode(ReadOnlySpan<byte> audio)
    {
        var text = Convert.ToBase64String(audio, Base64 == Base64Form.Lines ? Base64FormattingOptions.InsertLineBreaks : Base64FormattingOptions.None);
        return Base64 switch
        {
            Base64Form.Unpadded => text.TrimEnd('='),
            Base64Form.Url => text.Replace('+', '-').Replace('/', '_'),
            Base64Form.UrlUnpadded => text.TrimEnd('=').Replace('+', '-').Replace('/', '_'),
            Base64Form.Lines => text.ReplaceLineEndings("\\r\\n") + "\\n",
            Base64Form.Escaped => text.Replace("+", "\\u002B", StringComparison.Ordinal).Replace("/", "\\/", StringComparison.Ordinal),
            _ => text,
        };
    }

    internal string Apply(string frame)
    {
        if (!NumbersAsStrings && !ErrorsAsObjects && !WithoutType)
        {
            return Mark(frame);
        }

        var json = JsonNode.Parse(frame)!.AsObject();
        if (ErrorsAsObjects && json["type"]?.GetValue<string>() == "error")
        {
            json["error"] = new JsonObject
            {
                ["status"] = Take(json, "status_code"),
                ["code"] = Take(json, "error_code"),
                ["title"] = Take(json, "title"),
                ["message"] = Take(json, "message"),
            };
        }

        if (WithoutType)
        {
            json.Remove("type");
        }

        if (NumbersAsStrings)
        {
            WriteNumbersAsStrings(json);
        }

        return Mark(json.ToJsonString(Relaxed));
    }

    internal bool IsRepeated(string frame) => Twice && !frame.Contains("\"type\":\"chunk\"", StringComparison.Ordinal) && !frame.Contains("\"type\":\"error\"", StringComparison.Ordinal);

    private string Mark(string frame) => ByteOrderMark ? "\uFEFF" + frame : frame;

    private static JsonNode? Take(JsonObject json, string name)
    {
        var value = json[name];
        json.Remove(name);
        return value;
    }

    private static void WriteNumbersAsStrings(JsonNode node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members.ToList())
                {
                    members[name] = AsString(value);
                }

                break;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                {
                    items[i] = AsString(items[i]);
                }

                break;
            default:
                break;
        }
    }

    private static JsonNode? AsString(JsonNode? value)
    {
        if (value is JsonValue number && number.GetValueKind() == JsonValueKind.Number)
        {
            return JsonValue.Create(number.ToJsonString());
        }

        if (value is not null)
        {
            WriteNumbersAsStrings(value);
        }

        return value?.DeepClone();
    }
}
