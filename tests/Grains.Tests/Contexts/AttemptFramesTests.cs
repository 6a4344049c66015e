using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using TtsGrains.Grains.Contexts.Attempts;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Upstreams;
using TtsGrains.Protocol.Frames;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Grains.Tests.Contexts;

public sealed class AttemptFramesTests
{
    private readonly LogFixture _log = new();
    private readonly NoticedContext _grain = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ProgressWatch _watch;
    private readonly List<FrameDrop> _drops = [];
    private AttemptStart? _start;
    private int _timesSpoken;

    public AttemptFramesTests() => _watch = new ProgressWatch(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1), _time);

    [Fact]
    public void OnFrame_ChunksAndTimes_GoToTheLogWithoutCallingTheGrain()
    {
        var feed = Feed();
        Send(feed, """{"type":"chunk","context_id":"u","data":"AAAA"}""");
        Send(feed, """{"type":"timestamps","context_id":"u","word_timestamps":{"words":["a"],"start":[0],"end":[1]}}""");

        Assert.Equal([FrameKind.Chunk, FrameKind.Timestamps], _log.Entries().Select(entry => entry.Kind));
        Assert.Empty(_grain.Notices);
    }

    [Fact]
    public void OnFrame_FlushDone_IsReportedOnlyWhenAskedFor()
    {
        var feed = Feed();
        Send(feed, """{"type":"flush_done","context_id":"u","flush_id":7,"flush_done":true}""");
        _log.Log.ExpectFlush(isSpoken: true);
        Send(feed, """{"type":"flush_done","context_id":"u","flush_id":8,"flush_done":true}""");

        Assert.Equal([new UpstreamNotice(3, UpstreamEvent.SegmentSpoken)], _grain.Notices);
        Assert.Equal(1, Assert.Single(_log.Entries()).FlushId);
    }

    [Fact]
    public void OnFrame_DoneErrorAndLoss_AreNoticesOfTheAttempt()
    {
        var feed = Feed();
        Send(feed, """{"type":"done","context_id":"u","done":true}""");
        Send(feed, """{"type":"error","context_id":"u","done":true,"status_code":429,"error_code":"concurrency_limited","title":"Busy","message":"Later."}""");
        feed.OnLost();

        Assert.Equal(
            [
                new UpstreamNotice(3, UpstreamEvent.Finished),
                new UpstreamNotice(3, UpstreamEvent.Failed, new ContextFault(429, "concurrency_limited", "Busy", "Later.")),
                new UpstreamNotice(3, UpstreamEvent.Lost),
            ],
            _grain.Notices);
        Assert.Equal(0, _log.Log.Count);
    }

    [Theory]
    [InlineData("""{"type":"from_the_future","context_id":"u","data":"AAAA"}""")]
    [InlineData("""{"type":"timestamps","context_id":"u","word_timestamps":null}""")]
    [InlineData("""{"type":"chunk","context_id":"u","data":null}""")]
    public void OnFrame_WhatConcernsNobody_IsIgnored(string frame)
    {
        Send(Feed(), frame);

        Assert.Equal(0, _log.Log.Count);
        Assert.Empty(_grain.Notices);
    }

    [Fact]
    public void OnFrame_TimesOfALaterAttempt_CountFromTheStartOfTheWhole()
    {
        _log.AppendChunk(LogFixture.Base64(LogFixture.Format.BytesPerSecond * 2));

        Send(Feed(), """{"type":"timestamps","context_id":"u","word_timestamps":{"words":["a"],"start":[0.25],"end":[1]}}""");

        Assert.Equal("""{"words":["a"],"start":[2.25],"end":[3]}""", LogFixture.Text(_log.Entries()[1].Payload));
    }

    /// <summary>Phonemes wait for the words of the same time, which tell whether they are those of a tag.</summary>
    [Theory]
    [InlineData("""{"type":"flush_done","context_id":"u","flush_id":1,"flush_done":true}""", 0)]
    [InlineData("""{"type":"done","context_id":"u","done":true}""", 0)]
    [InlineData("""{"type":"error","context_id":"u","done":true,"status_code":500,"title":"Broken","message":"Sorry."}""", 0)]
    [InlineData("""{"type":"done","context_id":"u","done":true}""", 2)]
    public void OnFrame_PhonemesOfATag_AreLeftOut(string end, int seconds)
    {
        if (seconds > 0)
        {
            _log.AppendChunk(LogFixture.Base64(LogFixture.Format.BytesPerSecond * seconds));
        }

        var feed = Feed();
        _log.Log.ExpectFlush(isSpoken: true);
        _start!.Markup.Append("Wait <break time=\"1s\"/> here.");
        Send(feed, """{"type":"chunk","context_id":"u","data":"AAAA"}""");
        Send(feed, """{"type":"phoneme_timestamps","context_id":"u","phoneme_timestamps":{"phonemes":["w","b","t"],"start":[0,1,2],"end":[1,2,3]}}""");
        Send(feed, """{"type":"timestamps","context_id":"u","word_timestamps":{"words":["Wait","<break"],"start":[0,1],"end":[1,2]}}""");
        Send(feed, """{"type":"timestamps","context_id":"u","word_timestamps":{"words":["time=\"1s\"/>"],"start":[2],"end":[3]}}""");
        Send(feed, """{"type":"phoneme_timestamps","context_id":"u","phoneme_timestamps":{"phonemes":["h"],"start":[3],"end":[4]}}""");
        Send(feed, end);

        Assert.Equal(
            [$$"""{"words":["Wait"],"start":[{{seconds}}],"end":[{{seconds + 1}}]}""",
                $$"""{"phonemes":["w"],"start":[{{seconds}}],"end":[{{seconds + 1}}]}""",
                $$"""{"phonemes":["h"],"start":[{{seconds + 3}}],"end":[{{seconds + 4}}]}"""],
            _log.Entries().Where(entry => entry.Kind is FrameKind.Timestamps or FrameKind.PhonemeTimestamps).Select(entry => LogFixture.Text(entry.Payload)));
        Assert.Single(_grain.Notices);
    }

    [Fact]
    public void OnFrame_TimesThatCannotBeMoved_AreLeftOut()
    {
        _log.AppendChunk(LogFixture.Base64(16));

        Send(Feed(), """{"type":"timestamps","context_id":"u","word_timestamps":{"words":["\ud800"],"start":[1e999],"end":[1]}}""");

        Assert.Equal(1, _log.Log.Count);
    }

    [Fact]
    public void OnFrame_BehindASeam_LeavesOutWhatTheClientHas()
    {
        _log.AppendChunk(Convert.ToBase64String([1, 2, 3, 4, 5, 6]));
        _log.AppendWords("""{"words":["One","two"],"start":[0,0.5],"end":[0.4,0.9]}""");
        var plan = ResumePlan.Of([new ContextInput("One two three", false, false)], null, _log.Log.ReadDelivered(0), ResumeMode.Sample);
        var feed = Feed(plan);
        Send(feed, """{"type":"timestamps","context_id":"u","word_timestamps":{"words":["One"],"start":[0],"end":[0.4]}}""");
        Send(feed, $$"""{"type":"chunk","context_id":"u","data":"{{Convert.ToBase64String([1, 2, 3, 4])}}"}""");
        Send(feed, $$"""{"type":"chunk","context_id":"u","data":"{{Convert.ToBase64String([5, 6, 7, 8, 255, 255])}}"}""");
        Send(feed, $$"""{"type":"chunk","context_id":"u","data":"{{Convert.ToBase64String([9, 10])}}"}""");
        Send(feed, """{"type":"timestamps","context_id":"u","word_timestamps":{"words":["two","three"],"start":[0.5,1],"end":[0.9,1.5]}}""");

        var added = _log.Entries()[2..];

        Assert.Equal(
            [7, 8, 255, 255, 9, 10],
            added.Where(entry => entry.Kind == FrameKind.Chunk).SelectMany(entry => Convert.FromBase64String(LogFixture.Text(entry.Payload))).Select(value => (int)value));
        Assert.Equal(["""{"words":["three"],"start":[1],"end":[1.5]}"""], added.Where(entry => entry.Kind == FrameKind.Timestamps).Select(entry => LogFixture.Text(entry.Payload)));
    }

    /// <summary>An upstream that says it shorter the second time must not cost the next segment its beginning.</summary>
    [Fact]
    public void OnFrame_TheSegmentEndsBeforeAllIsSkipped_TheNextIsWhole()
    {
        _log.AppendChunk(LogFixture.Base64(16));
        var plan = ResumePlan.Of([new ContextInput("One", true, false), new ContextInput("two", false, false)], null, _log.Log.ReadDelivered(0), ResumeMode.Sample);
        _log.Log.ExpectFlush(isSpoken: true);
        var feed = Feed(plan);
        Send(feed, $$"""{"type":"chunk","context_id":"u","data":"{{LogFixture.Base64(8)}}"}""");
        Send(feed, """{"type":"flush_done","context_id":"u","flush_id":1,"flush_done":true}""");
        Send(feed, $$"""{"type":"chunk","context_id":"u","data":"{{LogFixture.Base64(6)}}"}""");

        Assert.Equal([FrameKind.Chunk, FrameKind.FlushDone, FrameKind.Chunk], _log.Entries().Select(entry => entry.Kind));
        Assert.Equal(22, _log.Log.AudioBytes);
    }

    [Fact]
    public void OnFrame_TimesBehindASeam_NeverGoBack()
    {
        _log.AppendChunk(LogFixture.Base64(LogFixture.Format.BytesPerSecond));
        _log.AppendWords("""{"words":["One","two"],"start":[0,2.5],"end":[0.9,3]}""");
        var feed = Feed(ResumePlan.Of([new ContextInput("One two three", false, false)], null, _log.Log.ReadDelivered(0), ResumeMode.Word));

        Send(feed, """{"type":"timestamps","context_id":"u","word_timestamps":{"words":["two","three"],"start":[0.1,0.5],"end":[0.4,0.75]}}""");

        Assert.Equal("""{"words":["three"],"start":[2.5],"end":[2.5]}""", LogFixture.Text(_log.Entries()[^1].Payload));
    }

    [Fact]
    public void OnFrame_OfAnAttemptThatWasGivenUp_ReachesNobody()
    {
        var stale = Feed();
        _log.Log.ExpectFlush(isSpoken: true);
        _log.Log.Attempts.End();

        Send(stale, """{"type":"chunk","context_id":"u","data":"AAAA"}""");
        Send(stale, """{"type":"timestamps","context_id":"u","word_timestamps":{"words":["a"],"start":[0],"end":[1]}}""");
        Send(stale, """{"type":"flush_done","context_id":"u","flush_id":1,"flush_done":true}""");

        Assert.Equal(0, _log.Log.Count);
        Assert.Empty(_grain.Notices);
    }

    [Fact]
    public void OnFrame_FirstAudio_IsToldOnce()
    {
        var feed = Feed();
        Send(feed, """{"type":"chunk","context_id":"u","data":""}""");
        Assert.Equal(0, _timesSpoken);

        Send(feed, """{"type":"chunk","context_id":"u","data":"AAAA"}""");
        Send(feed, """{"type":"chunk","context_id":"u","data":"AAAA"}""");
        Assert.Equal(1, _timesSpoken);
    }

    [Fact]
    public void CheckSilence_AudioIsOverdue_IsANoticeOfTheAttempt()
    {
        var feed = Feed();
        _watch.Expect(TimeSpan.Zero);
        Send(feed, """{"type":"chunk","context_id":"u","data":"AAAA"}""");
        feed.CheckSilence();
        _time.Advance(TimeSpan.FromSeconds(1));
        feed.CheckSilence();
        feed.CheckSilence();

        Assert.Equal([new UpstreamNotice(3, UpstreamEvent.Silent)], _grain.Notices);
    }

    private AttemptFrames Feed(ResumePlan? plan = null)
    {
        _start = AttemptStart.Begin(_log.Log, 3, _watch, plan);
        return new AttemptFrames(_log.Log, _grain, _start, () => _timesSpoken++, _drops.Add, NullLogger<AttemptFrames>.Instance);
    }

    private static void Send(AttemptFrames feed, string json)
    {
        Assert.True(ServerFrameParser.TryParse(Encoding.UTF8.GetBytes(json), out var frame));
        feed.OnFrame(frame);
    }
}
