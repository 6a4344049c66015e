using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Cli.Bench.Upstream;

/// <summary>The text of a benchmark, and the audio that the scripted upstream makes of it. The text itself tells that upstream how many chunks to send.</summary>
internal static class BenchScript
{
    private const string Start = "Speak chunks: ";
    private const string Filler = " This sentence fills the time until the end.";

    // At this rate an upstream that reads the text aloud speaks for about as long as the script asks for.
    private const int CharactersPerSecond = 15;

    private static readonly ConcurrentDictionary<AudioFormat, string> Chunks = new();

    /// <summary>How long a chunk of the scripted upstream plays, and so the time between chunks.</summary>
    public static readonly TimeSpan ChunkLength = TimeSpan.FromMilliseconds(100);

    /// <summary>The format of a benchmark unless another is chosen: telephone audio.</summary>
    public static AudioFormat Telephone { get; } = new(AudioEncoding.PcmMulaw, 8000);

    /// <summary>Gets one chunk as base64, without its number.</summary>
    public static string ChunkOf(AudioFormat format) => Chunks.GetOrAdd(
        format,
        static format => Convert.ToBase64String([.. Enumerable.Range(0, (int)(format.BytesPerSecond * ChunkLength.TotalSeconds) / format.BytesPerSample * format.BytesPerSample).Select(i => (byte)(i * 7))]));

    /// <summary>Gets the number of chunks that play for a time; at least one.</summary>
    public static int ChunksIn(TimeSpan length) => Math.Max((int)(length / ChunkLength), 1);

    /// <summary>Gets the message that opens a context and says all.</summary>
    /// <param name="contextId">The context.</param>
    /// <param name="chunks">The number of chunks that a scripted upstream sends.</param>
    /// <param name="format">The format of the audio.</param>
    /// <param name="isOpen">True if the context stays open for more text.</param>
    public static byte[] Push(string contextId, int chunks, AudioFormat format, bool isOpen = false) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"context_id":"{{contextId}}","model_id":"sonic-latest","transcript":"{{TextOf(chunks)}}","voice":{"mode":"id","id":"{{SayCommand.DefaultVoice}}"},"output_format":{"container":"raw","encoding":"{{format.Encoding.ToWireName()}}","sample_rate":{{format.SampleRate}}},"continue":{{(isOpen ? "true" : "false")}}}"""));

    /// <summary>Gets the message that cancels a context.</summary>
    public static byte[] Cancel(string contextId) => Encoding.UTF8.GetBytes($$"""{"context_id":"{{contextId}}","cancel":true}""");

    /// <summary>Gets the number of chunks that a text asks for; one if it does not say.</summary>
    public static int ChunksIn(string transcript)
        => transcript.StartsWith(Start, StringComparison.Ordinal)
            && transcript.IndexOf('.', StringComparison.Ordinal) is > 0 and var end
            && int.TryParse(transcript.AsSpan(Start.Length, end - Start.Length), CultureInfo.InvariantCulture, out var chunks) ? Math.Max(chunks, 1) : 1;

    private static string TextOf(int chunks)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{Start}{chunks}.");
        while (text.Length + Filler.Length <= chunks * ChunkLength.TotalSeconds * CharactersPerSecond)
        {
            text.Append(Filler);
        }

        return text.ToString();
    }
}
