using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using TtsGrains.Grains.Contexts;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Protocol.Frames;
using Xunit;

namespace TtsGrains.Grains.Tests.Contexts;

public sealed class ContextFeedTests
{
    private readonly LogFixture _log = new();
    private readonly NoticedGrain _grain = new();

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

    [Fact]
    public void OnFrame_TimesThatCannotBeMoved_AreLeftOut()
    {
        _log.AppendChunk(LogFixture.Base64(16));

        Send(Feed(), """{"type":"timestamps","context_id":"u","word_timestamps":{"words":["\ud800"],"start":[1e999],"end":[1]}}""");

        Assert.Equal(1, _log.Log.Count);
    }

    private ContextFeed Feed() => new(_log.Log, _grain, 3, NullLogger<ContextFeed>.Instance);

    private static void Send(ContextFeed feed, string json)
    {
        Assert.True(ServerFrameParser.TryParse(Encoding.UTF8.GetBytes(json), out var frame));
        feed.OnFrame(frame);
    }

    private sealed class NoticedGrain : IContextGrain
    {
        public List<UpstreamNotice> Notices { get; } = [];

        public Task OnUpstreamAsync(UpstreamNotice notice)
        {
            Notices.Add(notice);
            return Task.CompletedTask;
        }

        public Task<ContextFault?> OpenAsync(ContextTerms terms, ContextInput first, ContextOwner? owner) => throw new NotSupportedException();

        public Task<ContextFault?> PushAsync(ContextInput input, int epoch, int number) => throw new NotSupportedException();

        public Task CancelAsync(int? delivered) => throw new NotSupportedException();

        public Task<bool> IsOpenAsync() => throw new NotSupportedException();

        public Task FailAsync(ContextFault fault) => throw new NotSupportedException();

        public Task OnOwnerLostAsync(int epoch, int? written) => throw new NotSupportedException();

        public Task<Reopened> ReopenAsync(ContextReopening reopening, ContextOwner owner) => throw new NotSupportedException();

        public Task RestoreAsync(FrameBatch frames) => throw new NotSupportedException();

        public Task<OwnerSeat?> AttachAsync(int? from, ContextOwner? owner) => throw new NotSupportedException();

        public Task<FrameBatch?> ReadAsync(int from, int maxFrames) => throw new NotSupportedException();

        public Task<bool> SetAudienceAsync(bool hasListeners) => throw new NotSupportedException();
    }
}
