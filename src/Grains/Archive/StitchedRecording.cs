using System.Buffers;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Grains.Archive;

/// <summary>
/// All that a session said, context by context in their order, as one WAV file. Its length is known before the first byte, and no more than a block of it
/// is in memory. Contexts that are still open are not in it.
/// </summary>
public sealed class StitchedRecording
{
    private const int Block = 64 * 1024;
    private const long LongestAudio = uint.MaxValue - 1024;

    private readonly SessionArchive _archive;
    private readonly List<(StoredContext Context, ManifestSegment Segment)> _segments = [];

    private StitchedRecording(SessionArchive archive) => _archive = archive;

    /// <summary>The form of the audio: that of the first context.</summary>
    public AudioFormat Format { get; private set; }

    /// <summary>Whether all contexts have that form; else there is no one recording of them.</summary>
    public bool IsUniform { get; private set; } = true;

    /// <summary>Bytes of audio.</summary>
    public long AudioBytes { get; private set; }

    /// <summary>Whether one WAV file can hold it.</summary>
    public bool Fits => AudioBytes <= LongestAudio;

    /// <summary>Whether there is any audio.</summary>
    public bool IsEmpty => _segments.Count == 0;

    /// <summary>Bytes of the file.</summary>
    public long Length => Wav.HeaderLength(Format.Encoding) + AudioBytes + Wav.PaddingLength(AudioBytes);

    /// <summary>Looks up what the recording is made of.</summary>
    public static async Task<StitchedRecording> PlanAsync(SessionArchive archive, string tenant, string session, CancellationToken cancellationToken)
    {
        var recording = new StitchedRecording(archive);
        await foreach (var context in archive.ListContextsAsync(tenant, session, cancellationToken))
        {
            if (await archive.FindManifestAsync(context, cancellationToken) is { } manifest)
            {
                recording.Add(context, manifest);
            }
        }

        recording._segments.Sort((a, b) => (a.Context.Ordinal, a.Segment.FlushId).CompareTo((b.Context.Ordinal, b.Segment.FlushId)));
        return recording;
    }

    /// <summary>Writes the file.</summary>
    /// <exception cref="IOException">A segment is not, or no longer, as the manifest says.</exception>
    public async Task WriteAsync(Stream output, CancellationToken cancellationToken)
    {
        var block = ArrayPool<byte>.Shared.Rent(Block);
        try
        {
            var header = Wav.WriteHeader(block, Format, AudioBytes);
            await output.WriteAsync(block.AsMemory(0, header), cancellationToken);
            foreach (var (context, segment) in _segments)
            {
                await using var file = await _archive.OpenSegmentAsync(context, segment.FlushId, cancellationToken)
                    ?? throw new IOException("A segment of the recording is missing.");
                file.Seek(header, SeekOrigin.Begin);
                await CopyAsync(file, output, segment.Bytes, block, cancellationToken);
            }

            if (Wav.PaddingLength(AudioBytes) > 0)
            {
                block[0] = 0;
                await output.WriteAsync(block.AsMemory(0, 1), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private void Add(StoredContext context, ContextManifest manifest)
    {
        var format = new AudioFormat(AudioNames.ParseEncoding(manifest.OutputFormat.Encoding), manifest.OutputFormat.SampleRate);
        foreach (var segment in manifest.Segments.Where(segment => segment.File is not null))
        {
            Format = _segments.Count == 0 ? format : Format;
            IsUniform &= format == Format;
            AudioBytes += segment.Bytes;
            _segments.Add((context, segment));
        }
    }

    private static async Task CopyAsync(Stream file, Stream output, long length, byte[] block, CancellationToken cancellationToken)
    {
        for (var left = length; left > 0;)
        {
            var read = await file.ReadAsync(block.AsMemory(0, (int)Math.Min(left, block.Length)), cancellationToken);
            if (read == 0)
            {
                throw new IOException("A segment of the recording is shorter than its manifest says.");
            }

            await output.WriteAsync(block.AsMemory(0, read), cancellationToken);
            left -= read;
        }
    }
}
