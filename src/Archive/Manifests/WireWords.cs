using System.Text.Json;

namespace TtsGrains.Archive.Manifests;

/// <summary>Reads the word timestamps of a segment.</summary>
internal static class WireWords
{
    /// <summary>How many words one object adds to what <see cref="Parse"/> gives.</summary>
    public static int Count(ReadOnlyMemory<byte> json) => Parse([json]).Count;

    /// <summary>The words of all objects in order. What is not of the wire's form is left out: times are a help, not a reason to lose audio.</summary>
    public static IReadOnlyList<ManifestWord> Parse(IReadOnlyList<ReadOnlyMemory<byte>> objects)
    {
        var words = new List<ManifestWord>();
        foreach (var json in objects)
        {
            try
            {
                if (JsonSerializer.Deserialize(json.Span, ManifestJson.Default.WireWordTimestamps) is ({ } names, { } starts, { } ends))
                {
                    words.AddRange(names.Zip(starts, ends).Select(w => new ManifestWord(w.First, w.Second, w.Third)));
                }
            }
            catch (JsonException)
            {
                // Left out, as said.
            }
        }

        return words;
    }
}
