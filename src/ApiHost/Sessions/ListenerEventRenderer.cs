using System.Buffers.Text;
using TtsGrains.Archive.Writing;
using TtsGrains.Audio;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Protocol.Audio;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>
/// Makes events of what one listener hears. As long as he takes the audio as it is, they are those that all get. Otherwise the audio of each chunk
/// is put into the form that he asked for, in the same place of the same frame.
/// </summary>
internal sealed class ListenerEventRenderer(ListenQuery query, SessionPrefix prefix)
{
    private readonly Dictionary<string, Voice> _voices = new(StringComparer.Ordinal);

    /// <summary>The events of a piece.</summary>
    public IEnumerable<ListenerEvent> Render(ListenerEventPart piece)
    {
        var events = piece switch
        {
            { Track: { } track, Frames: { } shared } => Render(piece, track, shared),
            { Track: { } track } => [RenderGap(piece, track)],
            _ => [],
        };
        return piece.Bookmark is { } bookmark ? events.Append(ListenerEvent.At(bookmark, prefix.RenderBookmark(bookmark))) : events;
    }

    private ListenerEvent RenderGap(ListenerEventPart piece, ListenerTrack track)
    {
        _voices.Remove(track.ContextKey);
        return ListenerEvent.Gap(prefix.RenderGap(track.ContextId, piece.From, piece.GapTo));
    }

    private IEnumerable<ListenerEvent> Render(ListenerEventPart piece, ListenerTrack track, SharedBatch shared)
    {
        var batch = shared.Batch;
        var wanted = query.Wanted.Of(batch.Format);
        for (var at = piece.From - batch.From; at < batch.Frames.Length; at++)
        {
            var frame = batch.Frames[at];
            if (wanted == batch.Format)
            {
                yield return new ListenerEvent(frame.Kind, shared.Render(at)) { Next = batch.From + at + 1 };
                continue;
            }

            var offset = batch.From + at;
            var voice = VoiceOf(track.ContextKey, batch.Format, wanted);
            if (frame.Kind == FrameKind.Chunk)
            {
                // A change of rate holds a few samples back, now and then all of a short chunk. An empty chunk keeps the count of offsets.
                (voice.LastChunk, voice.LastOffset) = (frame, offset);
                yield return new ListenerEvent(frame.Kind, WithAudio(frame, offset, voice.Transcoder.Write(Decode(frame)))) { Next = offset + 1 };
                continue;
            }

            // The samples held back come with the offset of the chunk that they are the end of.
            if (frame.Kind is FrameKind.Done or FrameKind.Error && voice.LastChunk is { } last && voice.Transcoder.Drain() is { Length: > 0 } rest)
            {
                yield return new ListenerEvent(last.Kind, WithAudio(last, voice.LastOffset, rest)) { Next = offset };
            }

            yield return new ListenerEvent(frame.Kind, shared.Render(at)) { Next = offset + 1 };
        }

        if (piece.IsLast)
        {
            _voices.Remove(track.ContextKey);
        }
    }

    /// <summary>The audio of a chunk; empty when it is not base64.</summary>
    public static byte[] Decode(in LoggedFrame frame)
    {
        var audio = new byte[ChunkAudio.GetMaxLength(frame.PayloadLength)];
        return ChunkAudio.TryDecode(frame.Payload.Span, audio, out var length) ? audio[..length] : [];
    }

    private byte[] WithAudio(in LoggedFrame frame, int offset, byte[] audio)
    {
        var before = frame.Frame.Span[..frame.PayloadStart];
        var after = frame.Frame.Span[(frame.PayloadStart + frame.PayloadLength)..];
        var changed = new byte[before.Length + Base64.GetMaxEncodedToUtf8Length(audio.Length) + after.Length];
        before.CopyTo(changed);
        Base64.EncodeToUtf8(audio, changed.AsSpan(before.Length), out _, out var written);
        after.CopyTo(changed.AsSpan(before.Length + written));
        return prefix.Render(offset, changed);
    }

    private Voice VoiceOf(string contextKey, AudioFormat from, AudioFormat to)
    {
        if (!_voices.TryGetValue(contextKey, out var voice))
        {
            _voices.Add(contextKey, voice = new Voice(new Transcoder(from, to)));
        }

        return voice;
    }

    private sealed class Voice(Transcoder transcoder)
    {
        public Transcoder Transcoder => transcoder;

        public LoggedFrame? LastChunk { get; set; }

        public int LastOffset { get; set; }
    }
}
