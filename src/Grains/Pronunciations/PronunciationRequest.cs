using System.Text.Json;
using System.Text.Json.Serialization;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Pronunciations;
using TtsGrains.Grains.Upstreams;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.Grains.Pronunciations;

/// <summary>Decides how a context's pronunciation dictionary is named in the requests to an upstream.</summary>
internal static class PronunciationRequest
{
    /// <summary>The settings of an upstream context.</summary>
    /// <param name="settings">The settings of the context.</param>
    /// <param name="upstream">The upstream's name.</param>
    /// <param name="mode">How the upstream gets dictionaries.</param>
    public static SpeechSettings SettingsFor(ContextSettings settings, string upstream, PronunciationMode mode)
    {
        var speech = settings.ToSpeechSettings();
        return settings.Pronunciations is not { } dict ? speech
            : mode == PronunciationMode.Inline ? speech with { PronunciationDictId = null, Pronunciations = Render(dict) }
            : speech with { PronunciationDictId = dict.Copies.GetValueOrDefault(upstream)?.Id ?? dict.Id };
    }

    private static byte[] Render(PronunciationDict dict)
    {
        InlineItem[] items = [.. dict.Items.Select(item => new InlineItem(item.Text, item.Alias, item.IsCaseSensitive))];
        return JsonSerializer.SerializeToUtf8Bytes(items, InlineJson.Default.InlineItemArray);
    }
}

internal sealed record InlineItem(string Text, string Alias, bool CaseSensitive);

[JsonSerializable(typeof(InlineItem[]))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class InlineJson : JsonSerializerContext;
