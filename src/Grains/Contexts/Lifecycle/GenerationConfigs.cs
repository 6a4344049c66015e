using System.Text.Json;

namespace TtsGrains.Grains.Contexts.Lifecycle;

/// <summary>What one <c>generation_config</c> after another comes to: what a later one does not say stays as it was.</summary>
internal static class GenerationConfigs
{
    /// <param name="before">Raw JSON; null for none.</param>
    /// <param name="change">Raw JSON; null for no change.</param>
    public static byte[]? Merge(byte[]? before, byte[]? change)
    {
        if (before is null || change is null)
        {
            return change ?? before;
        }

        try
        {
            using var earlier = JsonDocument.Parse(before);
            using var later = JsonDocument.Parse(change);
            return earlier.RootElement.ValueKind == JsonValueKind.Object && later.RootElement.ValueKind == JsonValueKind.Object
                ? Merge(earlier.RootElement, later.RootElement)
                : change;
        }
        catch (JsonException)
        {
            return change;
        }
    }

    private static byte[] Merge(JsonElement before, JsonElement change)
    {
        var members = before.EnumerateObject().ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
        foreach (var member in change.EnumerateObject())
        {
            members[member.Name] = member.Value;
        }

        using var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            foreach (var (name, value) in members)
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }

            json.WriteEndObject();
        }

        return output.ToArray();
    }
}
