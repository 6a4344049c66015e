using System.Text.Json;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Voices;

/// <summary>The accents that <c>GET /accents</c> lists.</summary>
internal static class AccentCatalogue
{
    private const int MostAdded = 9;

    /// <summary>Gets all accents, sorted by id.</summary>
    public static AccentList All { get; } = new(Load());

    /// <summary>Returns null if there is no accent of that id.</summary>
    public static Accent? Find(string? id) => All.Accents.FirstOrDefault(accent => accent.Id == id);

    /// <summary>Checks the body of a request that adds accents to a voice.</summary>
    /// <returns>Null, or the error.</returns>
    public static ProtocolError? CheckAddition(ReadOnlyMemory<byte> json)
    {
        try
        {
            var ids = JsonSerializer.Deserialize(json.Span, AccentJson.Default.AddAccentsRequest)?.Accents;
            return ids is null ? ErrorCatalogue.Missing("accents")
                : ids.Count is < 1 or > MostAdded || ids.Any(id => Find(id) is null) ? ErrorCatalogue.OutOfRange("accents", $"1 to {MostAdded} ids that GET /accents lists")
                : null;
        }
        catch (JsonException e) when (e.Path is { Length: > 2 })
        {
            return ErrorCatalogue.WrongType("accents", "an array of strings");
        }
        catch (JsonException e)
        {
            return ErrorCatalogue.InvalidJson($"it breaks at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.");
        }
    }

    private static Accent[] Load()
    {
        using var json = typeof(AccentCatalogue).Assembly.GetManifestResourceStream("accents.json")!;
        return JsonSerializer.Deserialize(json, AccentJson.Default.AccentArray)!;
    }
}
