using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Sessions;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Archive.Recordings;

/// <summary>
/// All that a session said, context by context in their order, as one WAV file in one form. Its length is known before the first byte, whatever forms the
/// contexts have: how many samples a change of rate gives follows from how many there are. Contexts that are still open are not in it.
/// </summary>
public sealed class StitchedRecording
{
    private const long LongestAudio = uint.MaxValue - 1024;

    // Part of the tag. To be raised when the same segments would give other bytes than before.
    private const int Making = 1;

    private readonly SessionArchive _archive;

    private StitchedRecording(SessionArchive archive, IReadOnlyList<RecordedContext> contexts, AudioFormat format)
    {
        (_archive, Contexts, Format) = (archive, contexts, format);
        AudioBytes = contexts.Sum(context => context.LengthAs(format));
    }

    /// <summary>The form of the audio.</summary>
    public AudioFormat Format { get; }

    /// <summary>Bytes of audio.</summary>
    public long AudioBytes { get; }

    /// <summary>Whether one WAV file can hold it.</summary>
    public bool Fits => AudioBytes <= LongestAudio;

    /// <summary>Whether there is any audio.</summary>
    public bool IsEmpty => Contexts.Count == 0;

    /// <summary>Bytes of the file.</summary>
    public long Length => Wav.HeaderLength(Format.Encoding) + AudioBytes + Wav.PaddingLength(AudioBytes);

    /// <summary>Names these bytes: another recording of the session, or another form, has another tag. Lower-case hex.</summary>
    public string Tag
    {
        get
        {
            var parts = new StringBuilder();
            parts.Append(CultureInfo.InvariantCulture, $"{Making} {Format.Encoding} {Format.SampleRate}\n");
            foreach (var context in Contexts)
            {
                foreach (var segment in context.Segments)
                {
                    parts.Append(CultureInfo.InvariantCulture, $"{context.Stored.Ordinal} {segment.FlushId} {segment.Sha256}\n");
                }
            }

            return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(parts.ToString())));
        }
    }

    /// <summary>The contexts that it is made of; each has audio.</summary>
    internal IReadOnlyList<RecordedContext> Contexts { get; }

    /// <summary>Looks up what the recording is made of.</summary>
    /// <param name="archive">Where it is.</param>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="session">Which session.</param>
    /// <param name="choose">Decides the form, given that of the first context. Not asked when there is no audio.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<StitchedRecording> PlanAsync(
        SessionArchive archive, string tenant, string session, Func<AudioFormat, AudioFormat> choose, CancellationToken cancellationToken)
    {
        var contexts = new List<RecordedContext>();
        await foreach (var context in archive.ListContextsAsync(tenant, session, cancellationToken))
        {
            if (await archive.FindManifestAsync(context, cancellationToken) is { } manifest && RecordedContext.Of(context, manifest) is { } recorded)
            {
                contexts.Add(recorded);
            }
        }

        contexts.Sort((a, b) => a.Stored.Ordinal.CompareTo(b.Stored.Ordinal));
        return new StitchedRecording(archive, contexts, contexts.Count == 0 ? default : choose(contexts[0].Format));
    }

    /// <summary>
    /// Opens the file as a seekable stream that is read asynchronously. A block of it is in memory at a time. To go on in the middle of a context of
    /// another form, that context is read from its start.
    /// </summary>
    public Stream OpenRead() => new RecordingStream(this, _archive);
}

/// <summary>One context of a recording.</summary>
/// <param name="Stored">Where it is.</param>
/// <param name="Format">The form of its audio.</param>
/// <param name="Segments">Its segments that have audio, in order.</param>
internal sealed record RecordedContext(StoredContext Stored, AudioFormat Format, IReadOnlyList<RecordedSegment> Segments)
{
    /// <summary>Bytes of its audio as it is stored.</summary>
    public long Bytes { get; } = Segments.Sum(segment => segment.Bytes);

    /// <summary>What a manifest says of it; null when it has no audio.</summary>
    public static RecordedContext? Of(StoredContext stored, ContextManifest manifest)
    {
        var segments = manifest.Segments.Where(segment => segment.File is not null && segment.Bytes > 0)
            .Select(segment => new RecordedSegment(segment.FlushId, segment.Bytes, segment.Sha256)).OrderBy(segment => segment.FlushId).ToArray();
        var format = new AudioFormat(AudioNames.ParseEncoding(manifest.OutputFormat.Encoding), manifest.OutputFormat.SampleRate);
        return segments.Length == 0 ? null : new RecordedContext(stored, format, segments);
    }

    /// <summary>Bytes of its audio in another form. A sample that was torn off at its end is left out.</summary>
    public long LengthAs(AudioFormat wanted)
    {
        var samples = Bytes / Format.BytesPerSample;
        return ((samples * wanted.SampleRate) + Format.SampleRate - 1) / Format.SampleRate * wanted.BytesPerSample;
    }
}

/// <summary>One segment of a recording.</summary>
/// <param name="FlushId">Its number in its context.</param>
/// <param name="Bytes">Bytes of audio.</param>
/// <param name="Sha256">Of its file.</param>
internal readonly record struct RecordedSegment(int FlushId, long Bytes, string? Sha256);
