using System.Collections.Immutable;
using System.Text.Json;
using TtsGrains.Grains.Interfaces.Pronunciations;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Pronunciations;

/// <summary>Reads and checks the body of a request that creates or changes a pronunciation dictionary.</summary>
internal static class PronunciationBodyReader
{
    private const int MaxName = 256;
    private const int MaxItems = 1000;
    private const int MaxText = 256;
    private const int MaxCharacters = 64_000;

    /// <summary>Reads a body.</summary>
    /// <param name="json">The body.</param>
    /// <param name="isNew">True if the dictionary is created: then it needs a name.</param>
    /// <param name="name">The name; null if the body has none.</param>
    /// <param name="items">The entries; null if the body has none.</param>
    /// <returns>Null, or the error.</returns>
    public static ProtocolError? Read(ReadOnlyMemory<byte> json, bool isNew, out string? name, out ImmutableArray<PronunciationItem>? items)
    {
        (name, items) = (null, null);
        if (Parse(json, out var body) is { } error)
        {
            return error;
        }

        if (isNew && string.IsNullOrWhiteSpace(body!.Name))
        {
            return ErrorCatalogue.Missing("name");
        }

        if (body!.Name is { } given && (string.IsNullOrWhiteSpace(given) || given.Length > MaxName))
        {
            return ErrorCatalogue.OutOfRange("name", $"1 to {MaxName} characters");
        }

        name = body.Name;
        return ReadItems(body.Items, out items);
    }

    private static ProtocolError? ReadItems(IReadOnlyList<PronunciationBodyItem?>? given, out ImmutableArray<PronunciationItem>? items)
    {
        items = null;
        if (given is null)
        {
            return null;
        }

        if (given.Count > MaxItems)
        {
            return ErrorCatalogue.OutOfRange("items", $"at most {MaxItems} entries");
        }

        var read = ImmutableArray.CreateBuilder<PronunciationItem>(given.Count);
        for (var i = 0; i < given.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(given[i]?.Text) || given[i]!.Text!.Length > MaxText)
            {
                return ErrorCatalogue.OutOfRange($"items[{i}].text", $"1 to {MaxText} characters");
            }

            if (string.IsNullOrWhiteSpace(given[i]!.Alias) || given[i]!.Alias!.Length > MaxText)
            {
                return ErrorCatalogue.OutOfRange($"items[{i}].alias", $"1 to {MaxText} characters");
            }

            read.Add(new PronunciationItem(given[i]!.Text!.Trim(), given[i]!.Alias!.Trim(), given[i]!.CaseSensitive is true));
        }

        if (read.Sum(item => item.Text.Length + item.Alias.Length) > MaxCharacters)
        {
            return ErrorCatalogue.OutOfRange("items", $"at most {MaxCharacters} characters in all texts and aliases together");
        }

        items = read.ToImmutable();
        return null;
    }

    private static ProtocolError? Parse(ReadOnlyMemory<byte> json, out PronunciationBody? body)
    {
        body = null;
        try
        {
            body = JsonSerializer.Deserialize(json.Span, PronunciationJson.Default.PronunciationBody);
            return body is null ? ErrorCatalogue.InvalidJson("it is null.") : null;
        }
        catch (JsonException e) when (e.Path is { Length: > 2 } path)
        {
            return ErrorCatalogue.WrongType(path[2..], "of the documented type");
        }
        catch (JsonException e)
        {
            return ErrorCatalogue.InvalidJson($"it breaks at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.");
        }
    }
}
