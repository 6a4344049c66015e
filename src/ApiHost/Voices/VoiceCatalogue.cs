using System.Text.Json;
using Microsoft.Extensions.Options;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Voices;

/// <summary>The voices that can be listed, in a fixed order.</summary>
internal sealed class VoiceCatalogue
{
    private readonly Voice[] _voices;
    private readonly Dictionary<string, int> _places;

    /// <exception cref="InvalidDataException">The file of the configuration is no such catalogue.</exception>
    public VoiceCatalogue(IOptions<VoiceOptions> options)
    {
        _voices = Load(options.Value.File);
        _places = _voices.Select((voice, place) => (voice.Id, place)).ToDictionary(v => v.Id, v => v.place, StringComparer.Ordinal);
    }

    /// <summary>The voice of that id; null when there is none.</summary>
    public Voice? Find(string id) => _places.TryGetValue(id, out var place) ? _voices[place] : null;

    /// <summary>
    /// Finds one page. The SDKs ask for the page behind its last voice until one is empty, whatever <c>has_more</c> says.
    /// </summary>
    /// <returns>Null, or what is wrong with the query.</returns>
    public ProtocolError? List(VoiceQuery query, out VoicePage page)
    {
        page = new VoicePage([], HasMore: false, NextPage: null);
        var (from, to) = (0, _voices.Length);
        if (query.StartingAfter is { } after)
        {
            if (!_places.TryGetValue(after, out from))
            {
                return ErrorCatalogue.OutOfRange("starting_after", "the id of a listed voice");
            }

            from++;
        }
        else if (query.EndingBefore is { } before && !_places.TryGetValue(before, out to))
        {
            return ErrorCatalogue.OutOfRange("ending_before", "the id of a listed voice");
        }

        var matches = _voices[from..to].Where(query.Matches).ToArray();
        var data = query.EndingBefore is null ? matches.Take(query.Limit).ToArray() : matches.TakeLast(query.Limit).ToArray();
        var hasMore = matches.Length > data.Length;
        page = new VoicePage(data, hasMore, hasMore ? data[^1].Id : null);
        return null;
    }

    private static Voice[] Load(string? file)
    {
        using Stream json = file is { Length: > 0 } ? File.OpenRead(file) : typeof(VoiceCatalogue).Assembly.GetManifestResourceStream("voices.json")!;
        try
        {
            var voices = JsonSerializer.Deserialize(json, VoiceJson.Default.VoiceArray) ?? [];
            return voices.Select(voice => voice.Id).Distinct(StringComparer.Ordinal).Count() == voices.Length
                ? voices
                : throw new InvalidDataException($"{VoiceOptions.Section}:{nameof(VoiceOptions.File)} names a file that has one id twice.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(
                $"{VoiceOptions.Section}:{nameof(VoiceOptions.File)} names a file that is not a list of voices: {e.Path}, line {e.LineNumber + 1}.", e);
        }
    }
}
