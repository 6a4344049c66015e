using System.Globalization;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Cli.Bench;

/// <summary>What is said in a benchmark: so many chunks of telephone audio. The text itself tells the scripted upstream how many.</summary>
internal static class BenchScript
{
    private const string Start = "Speak chunks: ";

    /// <summary>How long a chunk plays, and so how far apart chunks are due.</summary>
    public static readonly TimeSpan ChunkLength = TimeSpan.FromMilliseconds(100);

    /// <summary>One chunk: 800 bytes of µ-law at 8 kHz as base64, always the same.</summary>
    public static readonly string ChunkBase64 = Convert.ToBase64String([.. Enumerable.Range(0, 800).Select(i => (byte)(i * 7))]);

    /// <summary>The one message that opens a context, says all and ends it.</summary>
    public static string Push(string contextId, int chunks) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"context_id":"{{contextId}}","model_id":"sonic-latest","transcript":"{{Start}}{{chunks}}.","voice":{"mode":"id","id":"bench"},"output_format":{"container":"raw","encoding":"{{AudioEncoding.PcmMulaw.ToWireName()}}","sample_rate":8000},"continue":false}""");

    /// <summary>How many chunks a text asks for; one when it does not say.</summary>
    public static int ChunksIn(string transcript)
        => transcript.StartsWith(Start, StringComparison.Ordinal)
            && int.TryParse(transcript.AsSpan(Start.Length).TrimEnd('.'), CultureInfo.InvariantCulture, out var chunks) ? Math.Max(chunks, 1) : 1;
}
