using System.Buffers;
using System.Buffers.Text;
using TtsGrains.Archive.Writing;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Contexts.Attempts;

/// <summary>Leaves out of an attempt's frames what the client has of an earlier one. Only the socket's read loop uses it.</summary>
internal sealed class SeamCut(AttemptStart start)
{
    private long _bytes = start.SkipBytes;
    private int _words = start.SkipWords;
    private int _phonemes = start.SkipPhonemes;
    private double _earliestWord = start.EarliestWord;
    private double _earliestPhoneme = start.EarliestPhoneme;

    /// <summary>What is left of a chunk.</summary>
    /// <param name="data">Its base64 text as it came.</param>
    /// <returns>All of it, or base64 of its end; empty when the client has all of it.</returns>
    public ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> data)
    {
        if (_bytes == 0)
        {
            return data;
        }

        var length = Base64Length.DecodedFrom(data);
        if (length <= _bytes)
        {
            _bytes -= length;
            return [];
        }

        var audio = new byte[ChunkAudio.GetMaxLength(data.Length)];
        var skipped = (int)_bytes;
        _bytes = 0;
        if (!ChunkAudio.TryDecode(data, audio, out var written) || written <= skipped)
        {
            return data;
        }

        var rest = new byte[Base64.GetMaxEncodedToUtf8Length(written - skipped)];
        Base64.EncodeToUtf8(audio.AsSpan(skipped..written), rest, out _, out _);
        return rest;
    }

    /// <summary>The segment that was broken off has ended: what comes now is new.</summary>
    public void EndSegment() => (_bytes, _words, _phonemes) = (0, 0, 0);

    /// <summary>Moves times into the time of the context.</summary>
    /// <param name="kind">Words or phonemes.</param>
    /// <param name="timestamps">The lists as they came.</param>
    /// <param name="moved">All of them, in the time of the context.</param>
    /// <param name="output">Receives the lists without what the client was told before; nothing when nothing is left.</param>
    /// <returns>False when they are not of the form that they should be.</returns>
    public bool TryMove(FrameKind kind, ReadOnlySpan<byte> timestamps, out List<TimedText> moved, IBufferWriter<byte> output)
    {
        moved = [];
        if (!TimestampsReader.TryRead(timestamps, kind, moved))
        {
            return false;
        }

        for (var i = 0; i < moved.Count; i++)
        {
            moved[i] = moved[i] with { Start = moved[i].Start + start.StartSeconds, End = moved[i].End + start.StartSeconds };
        }

        ref var known = ref kind == FrameKind.Timestamps ? ref _words : ref _phonemes;
        var left = moved.Skip(known).ToArray();
        known = Math.Max(0, known - moved.Count);
        if (left.Length > 0)
        {
            NeverBack(left, ref kind == FrameKind.Timestamps ? ref _earliestWord : ref _earliestPhoneme);
            TimestampsWriter.Write(output, kind, left);
        }

        return true;
    }

    private static void NeverBack(Span<TimedText> items, ref double earliest)
    {
        foreach (ref var item in items)
        {
            earliest = Math.Max(earliest, item.Start);
            item = item with { Start = earliest, End = Math.Max(earliest, item.End) };
        }
    }
}
