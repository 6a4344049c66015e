using System.Text.Json;

namespace TtsGrains.Protocol.Tests.Frames;

/// <summary>Checks written messages as the strictest clients do: every mandatory member, of its type, and none twice.</summary>
internal static class WireFrame
{
    public static JsonElement Check(ReadOnlySpan<byte> utf8, string type, string? contextId)
    {
        var options = new JsonDocumentOptions { AllowDuplicateProperties = false };
        using var json = JsonDocument.Parse(utf8.ToArray(), options);
        var root = json.RootElement.Clone();

        Assert.DoesNotContain((byte)'\n', utf8.ToArray());
        Assert.Equal(type, root.GetProperty("type").GetString());
        Assert.Equal(type is "done" or "error", root.GetProperty("done").GetBoolean());
        Assert.Equal(contextId is not null, root.TryGetProperty("context_id", out var id));
        Assert.Equal(contextId, contextId is null ? null : id.GetString());
        var status = root.GetProperty("status_code").GetInt32();
        Assert.True(type == "error" ? status is >= 400 and <= 599 : status == 206);
        foreach (var member in MandatoryMembers(type))
        {
            Assert.Equal(member.Kind, root.GetProperty(member.Name).ValueKind);
        }

        return root;
    }

    public static int? FlushId(JsonElement frame) => frame.TryGetProperty("flush_id", out var id) ? id.GetInt32() : null;

    private static (string Name, JsonValueKind Kind)[] MandatoryMembers(string type) => type switch
    {
        "chunk" => [("data", JsonValueKind.String), ("step_time", JsonValueKind.Number)],
        "timestamps" => [("word_timestamps", JsonValueKind.Object)],
        "phoneme_timestamps" => [("phoneme_timestamps", JsonValueKind.Object)],
        "flush_done" => [("data", JsonValueKind.String), ("flush_id", JsonValueKind.Number), ("flush_done", JsonValueKind.True)],
        "error" =>
        [
            ("title", JsonValueKind.String), ("message", JsonValueKind.String),
            ("request_id", JsonValueKind.String), ("error", JsonValueKind.String),
        ],
        _ => [],
    };
}
