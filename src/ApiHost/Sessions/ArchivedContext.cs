using System.Buffers;
using System.Buffers.Text;
using System.Text;
using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Stores;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Protocol;
using TtsGrains.Protocol.Audio;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>
/// The frames of a context that has ended, made again from what the archive keeps: each with the offset that it had, chunks cut as they were.
/// What took the upstream how long is not kept, nor are the times of phonemes.
/// </summary>
internal sealed class ArchivedContext
{
    private readonly ISegmentArchive _archive;
    private readonly ContextManifest _manifest;
    private readonly string _prefix;
    private readonly AudioFormat _format;
    private readonly List<Entry> _entries = [];

    private ArchivedContext(ISegmentArchive archive, ContextManifest manifest, string prefix)
    {
        (_archive, _manifest, _prefix) = (archive, manifest, prefix);
        _format = new AudioFormat(AudioNames.ParseEncoding(manifest.OutputFormat.Encoding), manifest.OutputFormat.SampleRate);
        foreach (var segment in manifest.Segments)
        {
            Add(segment.Frames, segment);
        }

        Add(manifest.Tail, null);
    }

    /// <summary>The client's id of it.</summary>
    public string ContextId => _manifest.ContextId;

    /// <summary>How many frames its log had.</summary>
    public int Count => _entries.Count;

    /// <summary>Opens a context by the names of its files.</summary>
    /// <param name="archive">Where they are.</param>
    /// <param name="prefix">What the names begin with.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when the archive does not have it, or not yet.</returns>
    public static async Task<ArchivedContext?> OpenAsync(ISegmentArchive archive, string prefix, CancellationToken cancellationToken)
        => await archive.ReadAsync(prefix + ArchiveNames.ManifestFile, cancellationToken) is { } json
            ? new ArchivedContext(archive, ContextManifest.FromJson(json.ToMemory().Span), prefix)
            : null;

    /// <summary>The offset of the first frame from this one on that can be had; <see cref="Count"/> when there is none.</summary>
    public int SkipMissing(int from)
    {
        while (from < Count && _entries[from].Kind == FrameKind.Unknown)
        {
            from++;
        }

        return from;
    }

    /// <summary>Reads frames from an offset on, up to the next one that is missing.</summary>
    public async Task<FrameBatch> ReadAsync(string contextKey, int from, int maxFrames, CancellationToken cancellationToken)
    {
        var frames = new List<LoggedFrame>();
        Stream? audio = null;
        ManifestSegment? open = null;
        try
        {
            for (var at = from; at < Count && frames.Count < maxFrames && _entries[at].Kind != FrameKind.Unknown; at++)
            {
                var entry = _entries[at];
                if (entry.Kind == FrameKind.Chunk && !ReferenceEquals(open, entry.Segment))
                {
                    await (audio?.DisposeAsync() ?? default);
                    open = entry.Segment;
                    audio = await _archive.OpenReadAsync(_prefix + open!.File, cancellationToken);
                }

                if (entry.Kind == FrameKind.Chunk && audio is null)
                {
                    // Its file is gone, though the manifest names it.
                    Forget(open!);
                    break;
                }

                frames.Add(await MakeAsync(entry, audio, cancellationToken));
            }
        }
        finally
        {
            await (audio?.DisposeAsync() ?? default);
        }

        return new FrameBatch
        {
            ContextKey = contextKey,
            Ordinal = _manifest.Ordinal,
            Encoding = _manifest.OutputFormat.Encoding,
            SampleRate = _manifest.OutputFormat.SampleRate,
            From = from,
            Frames = [.. frames],
            Count = Count,
            IsComplete = true,
        };
    }

    private async ValueTask<LoggedFrame> MakeAsync(Entry entry, Stream? audio, CancellationToken cancellationToken)
    {
        var writer = new ServerFrameWriter(_manifest.ContextId, ApiVersion.Parse(entry.ApiVersion));
        var flushId = entry.Segment?.FlushId ?? _manifest.Segments.Count + 1;
        switch (entry.Kind)
        {
            case FrameKind.Chunk:
                var samples = new byte[entry.Size];
                audio!.Position = Wav.HeaderLength(_format.Encoding) + entry.Start;
                await audio.ReadExactlyAsync(samples, cancellationToken);
                var data = new byte[Base64.GetMaxEncodedToUtf8Length(samples.Length)];
                Base64.EncodeToUtf8(samples, data, out _, out var dataLength);
                var chunk = new byte[writer.GetMaxLength(dataLength)];
                var length = writer.WriteChunk(chunk, data.AsSpan(0, dataLength), default, flushId, out var start);
                return new LoggedFrame(FrameKind.Chunk, chunk.AsMemory(0, length), start, dataLength);
            case FrameKind.Timestamps:
                var times = new ArrayBufferWriter<byte>();
                var words = entry.Segment!.Words.Skip((int)entry.Start).Take(entry.Size).Select(word => new TimedText(word.Word, word.Start, word.End));
                TimestampsWriter.Write(times, FrameKind.Timestamps, [.. words]);
                var frame = new byte[writer.GetMaxLength(times.WrittenCount)];
                return new LoggedFrame(
                    FrameKind.Timestamps, frame.AsMemory(0, writer.WriteTimestamps(frame, FrameKind.Timestamps, times.WrittenSpan, flushId)), 0, 0);
            case FrameKind.FlushDone:
                var flush = new byte[writer.GetMaxLength(0)];
                return new LoggedFrame(FrameKind.FlushDone, flush.AsMemory(0, writer.WriteFlushDone(flush, flushId)), 0, 0);
            case FrameKind.Done:
                var done = new byte[writer.GetMaxLength(0)];
                return new LoggedFrame(FrameKind.Done, done.AsMemory(0, writer.WriteDone(done)), 0, 0);
            default:
                return new LoggedFrame(FrameKind.Error, Encoding.UTF8.GetBytes(entry.Text!), 0, 0);
        }
    }

    private void Add(ManifestFrames? frames, ManifestSegment? segment)
    {
        if (frames is null)
        {
            return;
        }

        var known = frames.Read().ToList();
        var hasAudio = segment?.File is not null && known.Where(frame => frame.Kind == FrameKind.Chunk).Sum(frame => (long)frame.Size) == segment.Bytes;
        var hasWords = segment is not null && known.Where(frame => frame.Kind == FrameKind.Timestamps).Sum(frame => frame.Size) == segment.Words.Count;

        // What is between two segments that are known is missing.
        while (_entries.Count < frames.FirstOffset)
        {
            _entries.Add(default);
        }

        long audioAt = 0;
        long wordAt = 0;
        foreach (var frame in known)
        {
            var isThere = frame.Kind switch
            {
                FrameKind.Chunk => hasAudio,
                FrameKind.Timestamps => hasWords,
                FrameKind.FlushDone or FrameKind.Done => true,
                FrameKind.Error => frames.Error is not null,
                _ => false,
            };
            var start = frame.Kind == FrameKind.Chunk ? audioAt : wordAt;
            _entries.Add(isThere ? new Entry(frame.Kind, frame.Size, start, segment, frames.ApiVersion, frames.Error) : default);
            audioAt += frame.Kind == FrameKind.Chunk ? frame.Size : 0;
            wordAt += frame.Kind == FrameKind.Timestamps ? frame.Size : 0;
        }
    }

    private void Forget(ManifestSegment segment)
    {
        for (var at = 0; at < Count; at++)
        {
            if (_entries[at].Kind == FrameKind.Chunk && ReferenceEquals(_entries[at].Segment, segment))
            {
                _entries[at] = default;
            }
        }
    }

    // The kind is unknown when the frame cannot be had.
    private readonly record struct Entry(FrameKind Kind, int Size, long Start, ManifestSegment? Segment, string ApiVersion, string? Text);
}
