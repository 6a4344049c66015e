using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Wakeups;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Frames;
using Xunit;

namespace TtsGrains.Grains.Tests.Contexts;

public sealed class ContextLogTests
{
    private readonly LogFixture _log = new();

    [Fact]
    public void Append_NumbersFramesFromZeroWithoutGaps()
    {
        _log.AppendChunk("AAAA");
        _log.AppendWords();
        _log.Log.ExpectFlush(isSpoken: true);
        Assert.True(_log.Log.CompleteFlush(0));
        Close(ContextOutcome.Done);

        Assert.Equal(4, _log.Log.Count);
        Assert.Equal([FrameKind.Chunk, FrameKind.Timestamps, FrameKind.FlushDone, FrameKind.Done], _log.Entries().Select(entry => entry.Kind));
        Assert.False(_log.Log.TryRead(4, out _));
    }

    [Fact]
    public void AppendChunk_KeepsTheBase64AsItCameAndWhereItLies()
    {
        _log.AppendChunk("AA\\/+/A==");

        var entry = _log.Entries()[0];
        Assert.Equal("AA\\/+/A==", LogFixture.Text(entry.Payload));
        Assert.Equal("AA/+/A==", _log.Json(0).GetProperty("data").GetString());
        Assert.Equal(LogFixture.ContextId, _log.Json(0).GetProperty("context_id").GetString());
        Assert.Equal(1.5, _log.Json(0).GetProperty("step_time").GetDouble());
    }

    [Fact]
    public void AppendTimestamps_PayloadIsTheObject()
    {
        const string Words = """{"words":["a","b"],"start":[0,1],"end":[1,2]}""";
        _log.AppendWords(Words);

        Assert.Equal(Words, LogFixture.Text(_log.Entries()[0].Payload));
    }

    [Fact]
    public void AppendTimestamps_NotAskedFor_AreKeptButNotForTheOwner()
    {
        var log = new LogFixture(wantsWords: false, wantsPhonemes: true);
        log.AppendWords();
        log.Log.AppendTimestamps(0, FrameKind.PhonemeTimestamps, "{}"u8);

        Assert.Equal([false, true], log.Entries().Select(entry => entry.IsForOwner));
    }

    [Fact]
    public void AppendChunk_Empty_IsNoFrame()
    {
        _log.AppendChunk("");

        Assert.Equal(0, _log.Log.Count);
        Assert.Equal(0, _log.Log.Chunks);
    }

    [Fact]
    public void AudioBytes_CountsDecodedBytesOfAllChunks()
    {
        foreach (var bytes in new[] { 1, 2, 3, 100 })
        {
            _log.AppendChunk(LogFixture.Base64(bytes));
        }

        Assert.Equal(106, _log.Log.AudioBytes);
        Assert.Equal(4, _log.Log.Chunks);
    }

    [Fact]
    public void FlushDone_SegmentsCountFromOneAndChunksCarryTheirs()
    {
        _log.AppendChunk("AAAA");
        _log.Log.ExpectFlush(isSpoken: true);
        _log.AppendChunk("AAAA");
        Assert.Equal(1, _log.Log.Segment);
        _log.Log.CompleteFlush(0);
        Assert.Equal(2, _log.Log.Segment);
        _log.AppendChunk("AAAA");

        Assert.Equal([1, 1, 1, 2], _log.Entries().Select(entry => entry.FlushId));
        Assert.Equal(1, _log.Json(2).GetProperty("flush_id").GetInt32());
        Assert.Equal(2, _log.Json(3).GetProperty("flush_id").GetInt32());
    }

    [Fact]
    public void CompleteFlush_NobodyAsked_IsIgnored()
    {
        Assert.False(_log.Log.CompleteFlush(0));
        Assert.Equal(0, _log.Log.Count);
    }

    [Fact]
    public void TakeFinishedSegments_CoverEveryFrameOnce()
    {
        _log.AppendChunk("AAAA");
        _log.Log.ExpectFlush(isSpoken: true);
        _log.Log.CompleteFlush(0);
        _log.Log.ExpectFlush(isSpoken: false);
        _log.AppendChunk("AAAA");
        Close(ContextOutcome.Done);

        Assert.Equal([(1, 0, 2, true), (2, 2, 3, true), (3, 3, 5, false)], _log.Log.TakeFinishedSegments(out _).Select(s => (s.FlushId, s.From, s.To, s.IsFlushed)));
    }

    [Fact]
    public void Close_WithAnError_EndsWithItsFrame()
    {
        Close(ContextOutcome.Error, ErrorCatalogue.UpstreamLost);

        Assert.Equal(FrameKind.Error, _log.Entries()[0].Kind);
        Assert.Equal("upstream_lost", _log.Json(0).GetProperty("error_code").GetString());
        Assert.Equal("request-1", _log.Json(0).GetProperty("request_id").GetString());
    }

    [Fact]
    public void Close_Cancelled_AddsNoFrame()
    {
        Close(ContextOutcome.Cancelled);

        Assert.True(_log.Log.IsClosed);
        Assert.Equal(0, _log.Log.Count);
    }

    [Fact]
    public void Close_Expired_IsDoneForTheClient()
    {
        Close(ContextOutcome.Expired);

        Assert.True(_log.Json(0).GetProperty("done").GetBoolean());
    }

    [Fact]
    public void Append_AfterClose_IsIgnored()
    {
        _log.Log.ExpectFlush(isSpoken: true);
        Close(ContextOutcome.Done);

        _log.AppendChunk("AAAA");
        _log.AppendWords();
        _log.Log.ExpectFlush(isSpoken: false);
        _log.Log.CompleteFlushes();
        Close(ContextOutcome.Error, ErrorCatalogue.Internal);

        Assert.Equal(1, _log.Log.Count);
        Assert.False(_log.Log.CompleteFlush(0));
        Assert.Equal(0, _log.Log.AudioBytes);
    }

    [Fact]
    public void Watcher_IsToldOfEveryAppendUntilItLeaves()
    {
        var (first, second) = (new CountingWatcher(), new CountingWatcher());
        _log.AppendChunk("AAAA");
        _log.Log.Watch(first);
        _log.Log.Watch(second);

        _log.AppendChunk("AAAA");
        _log.Log.ExpectFlush(isSpoken: true);
        _log.Log.CompleteFlush(0);
        _log.Log.Unwatch(first);
        Close(ContextOutcome.Done);

        Assert.Equal(2, first.Times);
        Assert.Equal(3, second.Times);
    }

    /// <summary>Frames share blocks of memory: what was handed out must never change when more is appended.</summary>
    [Fact]
    public void Append_AcrossManyBlocks_NeverTouchesWhatWasReadBefore()
    {
        int[] sizes = [3, 3000, 30_000, 3, 90_000, 3000, 60_000, 3, 150_000, 30];
        var seen = new List<(LogEntry Entry, string Text)>();
        foreach (var bytes in sizes.SelectMany(size => Enumerable.Repeat(size, 5)))
        {
            _log.AppendChunk(Convert.ToBase64String([.. Enumerable.Range(seen.Count, bytes).Select(value => (byte)value)]));
            var entry = _log.Entries()[^1];
            seen.Add((entry, LogFixture.Text(entry.Frame)));
        }

        Assert.All(seen, one => Assert.Equal(one.Text, LogFixture.Text(one.Entry.Frame)));
        Assert.Equal(sizes.Sum() * 5, _log.Log.AudioBytes);
    }

    private void Close(ContextOutcome outcome, ProtocolError? error = null) => _log.Log.Close(outcome, error, LogFixture.ContextId, "request-1");

    private sealed class CountingWatcher : ILogWatcher
    {
        public int Times { get; private set; }

        public void OnAppended() => Times++;
    }
}
