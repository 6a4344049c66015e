using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Pronunciations;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Pronunciations;

/// <summary>Looks up the pronunciation dictionary that a context names, before the context opens.</summary>
internal static class PronunciationLookup
{
    /// <summary>Adds the dictionary to the terms of a context.</summary>
    /// <returns>The terms; or a fault if the tenant has no such dictionary.</returns>
    public static ValueTask<(ContextTerms Terms, ContextFault? Fault)> FindAsync(IGrainFactory grains, string tenant, ContextTerms terms)
        => terms.PronunciationDictId is { } id ? FindAsync(grains.GetGrain<IPronunciationGrain>(tenant), terms, id) : new((terms, null));

    private static async ValueTask<(ContextTerms Terms, ContextFault? Fault)> FindAsync(IPronunciationGrain dicts, ContextTerms terms, string id)
        => await dicts.GetForSpeechAsync(id) is { } dict
            ? (terms with { Pronunciations = dict }, null)
            : (terms, ContextFault.From(ErrorCatalogue.PronunciationDictNotFound(id)));
}
