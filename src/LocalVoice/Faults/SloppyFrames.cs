using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TtsGrains.LocalVoice.Faults;

/// <summary>Rewrites the frames of one context in the ways in which real servers differ from the protocol, as a <c>sloppy</c> rule says. Nothing of the audio is lost.</summary>
/// <param name="rule">Which ways.</param>
internal sealed class SloppyFrames(FaultRule rule)
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<byte> _audio = [];
    private JsonObject? _lastChunk;
    private byte[]? _held;

    /// <summary>What is sent in place of a frame; nothing when it is held back.</summary>
    public IEnumerable<byte[]> Rewrite(ReadOnlySpan<byte> frame)
    {
        var json = JsonNode.Parse(frame)!.AsObject();
        var type = json["type"]!.GetValue<string>();
        List<byte[]> rewritten = [];
        if (type == "chunk")
        {
            AddChunks(json, rewritten);
            if (rule.Order == FrameOrder.Early && rewritten.Count > 0)
            {
                // The last chunk waits for what will overtake it.
                (rewritten, _held) = (Release(rewritten[..^1]), rewritten[^1]);
            }

            return rewritten;
        }

        if (type is "flush_done" or "done" or "error")
        {
            AddRest(rewritten);
            if (type == "flush_done" && rule.Order == FrameOrder.Early)
            {
                return [Render(json), .. Release(rewritten)];
            }

            rewritten = Release(rewritten);
        }

        rewritten.Add(Render(json));
        if (rule.Order == FrameOrder.Twice && type != "error")
        {
            rewritten.Add(Render(json));
        }

        return rule.Order == FrameOrder.Early ? [.. rewritten, .. Release([])] : rewritten;
    }

    private List<byte[]> Release(List<byte[]> frames)
    {
        List<byte[]> released = _held is null ? frames : [_held, .. frames];
        _held = null;
        return released;
    }

    private void AddChunks(JsonObject chunk, List<byte[]> rewritten)
    {
        if (rule.ChunkBytes is not { } size)
        {
            rewritten.Add(Render(chunk));
            return;
        }

        _audio.AddRange(Convert.FromBase64String(chunk["data"]!.GetValue<string>()));
        _lastChunk = chunk;
        while (_audio.Count >= size)
        {
            rewritten.Add(Render(ChunkOf(chunk, size)));
        }
    }

    private void AddRest(List<byte[]> rewritten)
    {
        if (_audio.Count > 0)
        {
            rewritten.Add(Render(ChunkOf(_lastChunk!, _audio.Count)));
        }
    }

    private JsonObject ChunkOf(JsonObject chunk, int size)
    {
        var part = chunk.DeepClone().AsObject();
        part["data"] = Convert.ToBase64String([.. _audio.Take(size)]);
        _audio.RemoveRange(0, size);
        return part;
    }

    private byte[] Render(JsonObject frame)
    {
        if (rule.Base64 is { } form && frame["type"]!.GetValue<string>() == "chunk")
        {
            frame["data"] = Encode(frame["data"]!.GetValue<string>(), form);
        }

        if (rule.Errors == ErrorForm.Object && frame["type"]!.GetValue<string>() == "error")
        {
            frame["error"] = new JsonObject
            {
                ["status"] = frame["status_code"]!.DeepClone(),
                ["code"] = frame["error_code"]?.DeepClone(),
                ["message"] = frame["message"]!.DeepClone(),
            };
            foreach (var name in (string[])["status_code", "error_code", "title", "message"])
            {
                frame.Remove(name);
            }
        }

        var written = rule.Numbers == NumberForm.String ? AsStrings(frame)! : frame;
        return Encoding.UTF8.GetBytes((rule.Bom ? "\uFEFF" : "") + written.ToJsonString(Relaxed));
    }

    private static string Encode(string text, Base64Form form) => form switch
    {
        Base64Form.Unpadded => text.TrimEnd('='),
        Base64Form.Url => text.Replace('+', '-').Replace('/', '_'),
        Base64Form.UrlUnpadded => text.TrimEnd('=').Replace('+', '-').Replace('/', '_'),
        _ => string.Join('\n', text.Chunk(76).Select(line => new string(line))) + "\n",
    };

    private static JsonNode? AsStrings(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, AsStrings(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(AsStrings)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => JsonValue.Create(value.ToJsonString()),
        _ => node?.DeepClone(),
    };
}
