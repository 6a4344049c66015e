using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Pronunciations;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Pronunciations;

/// <summary>Looks up the pronunciation dictionary that a context names, before the context opens.</summary>
internal static class PronunciationLookup
{
    /// <summary>Adds the dictionary to the settings of a context.</summary>
    /// <returns>The settings; or a fault if the tenant has no such dictionary.</returns>
    public static ValueTask<(ContextSettings Settings, ContextFault? Fault)> FindAsync(IGrainFactory grains, string tenant, ContextSettings settings)
        => settings.PronunciationDictId is { } id ? FindAsync(grains.GetGrain<IPronunciationGrain>(tenant), settings, id) : new((settings, null));

    private static async ValueTask<(ContextSettings Settings, ContextFault? Fault)> FindAsync(IPronunciationGrain dicts, ContextSettings settings, string id)
        => await dicts.GetForSpeechAsync(id) is { } dict
            ? (settings with { Pronunciations = dict }, null)
            : (settings, ContextFault.From(ErrorCatalogue.PronunciationDictNotFound(id)));
}
