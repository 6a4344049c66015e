using System.Buffers.Text;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Contexts.Attempts;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol;
using TtsGrains.Protocol.Audio;
using TtsGrains.Protocol.Frames;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Grains.Tests.Contexts;

/// <summary>What a log holds of an upstream that does not keep to the protocol.</summary>
public sealed class SloppyFeedTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly List<FrameDrop> _drops = [];
    private readonly NoticedContext _grain = new();

    /// <summary>However the audio is cut into chunks, and however each is written, the client gets the same audio in clean chunks.</summary>
    [Fact]
    public void OnFrame_AudioCutAndWrittenInAnyWay_IsThatOfTheCleanStream()
    {
        var stream =
            from audio in ArbMap.Default.GeneratorFor<byte[]>().Resize(400)
            from cuts in Gen.Choose(0, 40).ArrayOf(60)
            from forms in Gen.Choose(0, 5).ArrayOf(60)
            from encoding in Gen.Elements(AudioEncoding.PcmF32Le, AudioEncoding.PcmS16Le, AudioEncoding.PcmMulaw)
            select (audio, cuts, forms, encoding);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(stream.ToArbitrary(), sample =>
            {
                var (audio, cuts, forms, encoding) = sample;
                var (log, feed) = Begin(encoding);
                for (int at = 0, i = 0; at < audio.Length; i++)
                {
                    var length = i < cuts.Length ? Math.Min(cuts[i], audio.Length - at) : audio.Length - at;
                    Send(feed, $$"""{"type":"chunk","context_id":"u","step_time":1,"data":"{{Write(audio.AsSpan(at, length), forms[i % forms.Length])}}"}""");
                    at += length;
                }

                var whole = audio.Length - (audio.Length % log.Format.BytesPerSample);
                return log.AudioBytes == whole && audio.AsSpan(0, whole).SequenceEqual(AudioOf(log)) && _grain.Notices.Count == 0;
            }));
    }

    [Theory]
    [InlineData(65_537)]
    [InlineData(100_000)]
    [InlineData(3_000_000)]
    public void OnFrame_ChunksOfAnySize_ArePassedOnInSmallerOnes(int size)
    {
        var audio = new byte[size - (size % 2)];
        new Random(1).NextBytes(audio);
        var (log, feed) = Begin();
        Send(feed, $$"""{"type":"chunk","context_id":"u","step_time":1,"data":"{{Convert.ToBase64String(audio)}}"}""");

        Assert.Equal(audio, AudioOf(log));
        Assert.InRange(log.Slice(0, log.Count).Max(entry => entry.Frame.Length), 1, 128 * 1024);
    }

    /// <summary>The base64 text of a clean chunk is not touched: it is in the log byte for byte.</summary>
    [Fact]
    public void OnFrame_CleanChunk_PassesAsItCame()
    {
        var (log, feed) = Begin();
        var data = Convert.ToBase64String(Encoding.ASCII.GetBytes("whole samples!"));
        Send(feed, $$"""{"type":"chunk","context_id":"u","step_time":1,"data":"{{data}}"}""");

        Assert.Equal(data, LogFixture.Text(Assert.Single(log.Slice(0, log.Count)).Payload));
        Assert.Empty(_drops);
    }

    [Theory]
    [InlineData("****")]
    [InlineData("A")]
    [InlineData("not audio!")]
    public void OnFrame_AudioThatCannotBeDecoded_EndsTheContextOnce(string data)
    {
        var (log, feed) = Begin();
        Send(feed, """{"type":"chunk","context_id":"u","data":"AAAA"}""");
        Send(feed, $$"""{"type":"chunk","context_id":"u","data":"{{data}}"}""");
        Send(feed, """{"type":"chunk","context_id":"u","data":"BBBB"}""");
        Send(feed, """{"type":"done","context_id":"u","done":true}""");

        Assert.Equal([UpstreamEvent.Garbled], _grain.Notices.Select(notice => notice.Event));
        Assert.Equal([FrameDrop.BadAudio], _drops);
        Assert.Equal(2, log.AudioBytes);
    }

    [Theory]
    [InlineData("""{"words":["a"]}""")]
    [InlineData("""{"words":["a"],"start":["x"],"end":[1]}""")]
    [InlineData("""{"words":[],"start":[],"end":[]}""")]
    public void OnFrame_TimesThatCannotBeRead_AreCountedAndLeftOut(string times)
    {
        var (log, feed) = Begin();
        Send(feed, $$"""{"type":"timestamps","context_id":"u","word_timestamps":{{times}}}""");

        Assert.Equal(0, log.Count);
        Assert.Equal([FrameDrop.BadTimestamps], _drops);
    }

    [Fact]
    public void OnFrame_TimesAsText_BecomeNumbers()
    {
        var (log, feed) = Begin();
        Send(feed, """{"type":"timestamps","context_id":"u","word_timestamps":{"words":["a"],"start":["0.25"],"end":["1"]}}""");

        Assert.Equal("""{"words":["a"],"start":[0.25],"end":[1]}""", LogFixture.Text(Assert.Single(log.Slice(0, log.Count)).Payload));
    }

    [Fact]
    public void OnFrame_TimesAndFlushesTwice_CountOnce()
    {
        var (log, feed) = Begin();
        log.ExpectFlush(isSpoken: true);
        log.ExpectFlush(isSpoken: true);
        Send(feed, """{"type":"chunk","context_id":"u","data":"AAAAAA=="}""");
        for (var i = 0; i < 2; i++)
        {
            Send(feed, """{"type":"timestamps","context_id":"u","word_timestamps":{"words":["a"],"start":[0],"end":[1]}}""");
        }

        for (var i = 0; i < 2; i++)
        {
            Send(feed, """{"type":"flush_done","context_id":"u","flush_id":1,"flush_done":true}""");
        }

        Assert.Equal([FrameKind.Chunk, FrameKind.Timestamps, FrameKind.FlushDone], log.Slice(0, log.Count).Select(entry => entry.Kind));
        Send(feed, """{"type":"chunk","context_id":"u","data":"AAAAAA=="}""");
        Send(feed, """{"type":"flush_done","context_id":"u","flush_id":1,"flush_done":true}""");
        Assert.Equal(2, log.Slice(0, log.Count).Count(entry => entry.Kind == FrameKind.FlushDone));
    }

    [Fact]
    public void OnFrame_LastChunkSaysDone_IsSpokenThenEnds()
    {
        var (log, feed) = Begin();
        Send(feed, """{"type":"chunk","context_id":"u","data":"AAAAAA==","done":true}""");

        Assert.Equal(4, log.AudioBytes);
        Assert.Equal([UpstreamEvent.Finished], _grain.Notices.Select(notice => notice.Event));
    }

    [Fact]
    public void OnFrame_DoneBringsAudio_IsSpokenThenEnds()
    {
        var (log, feed) = Begin();
        Send(feed, """{"type":"done","context_id":"u","data":"AAAAAA==","done":true}""");

        Assert.Equal(4, log.AudioBytes);
        Assert.Equal([UpstreamEvent.Finished], _grain.Notices.Select(notice => notice.Event));
    }

    [Fact]
    public void OnFrame_EndsWithinASample_IsCounted()
    {
        var (log, feed) = Begin();
        Send(feed, """{"type":"chunk","context_id":"u","data":"AAAA"}""");
        Send(feed, """{"type":"done","context_id":"u","done":true}""");

        Assert.Equal(2, log.AudioBytes);
        Assert.Equal([FrameDrop.TornSample], _drops);
    }

    /// <summary>Audio that was overtaken by the end of its context is still heard.</summary>
    [Fact]
    public void EndsWith_DoneBeforeAnyAudio_WaitsForIt()
    {
        var (log, feed) = Begin();
        Deliver(feed, """{"type":"done","context_id":"u","done":true}""", isLast: false);
        Assert.False(feed.CheckSilence());
        Deliver(feed, """{"type":"chunk","context_id":"u","data":"AAAAAA=="}""", isLast: false);
        Assert.False(feed.CheckSilence());
        Assert.Empty(_grain.Notices);

        Assert.True(feed.CheckSilence());
        Assert.Equal([UpstreamEvent.Finished], _grain.Notices.Select(notice => notice.Event));
        Assert.Equal(4, log.AudioBytes);
    }

    [Fact]
    public void EndsWith_DoneAgain_EndsAtOnce()
    {
        var (_, feed) = Begin();
        Deliver(feed, """{"type":"done","context_id":"u","done":true}""", isLast: false);
        Deliver(feed, """{"type":"chunk","context_id":"u","data":"AAAAAA=="}""", isLast: false);
        Deliver(feed, """{"type":"done","context_id":"u","done":true}""", isLast: true);

        Assert.Equal([UpstreamEvent.Finished], _grain.Notices.Select(notice => notice.Event));
    }

    [Fact]
    public void EndsWith_DoneBehindAudio_EndsAtOnce()
    {
        var (_, feed) = Begin();
        Deliver(feed, """{"type":"chunk","context_id":"u","data":"AAAAAA=="}""", isLast: false);
        Deliver(feed, """{"type":"done","context_id":"u","done":true}""", isLast: true);

        Assert.Equal([UpstreamEvent.Finished], _grain.Notices.Select(notice => notice.Event));
    }

    private (ContextLog Log, AttemptFrames Feed) Begin(AudioEncoding encoding = AudioEncoding.PcmS16Le)
    {
        var log = new ContextLog(new ServerFrameWriter("c", ApiVersion.Newest), new AudioFormat(encoding, 8000), wantsWords: true, wantsPhonemes: true);
        var start = AttemptStart.Begin(log, 1, new ProgressWatch(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1), _time));
        return (log, new AttemptFrames(log, _grain, start, () => { }, _drops.Add, NullLogger<AttemptFrames>.Instance));
    }

    private static string Write(ReadOnlySpan<byte> audio, int form)
    {
        var text = Convert.ToBase64String(audio);
        return form switch
        {
            1 => text.TrimEnd('='),
            2 => Base64Url.EncodeToString(audio),
            3 => text.Replace('+', '-').Replace('/', '_'),
            4 => text.Replace("/", "\\/", StringComparison.Ordinal).Replace("+", "\\u002b", StringComparison.Ordinal),
            5 => string.Join("\\n", text.Chunk(5).Select(line => new string(line))) + "\\n",
            _ => text,
        };
    }

    private static byte[] AudioOf(ContextLog log)
        => [.. log.Slice(0, log.Count).Where(entry => entry.Kind == FrameKind.Chunk).SelectMany(entry => CleanAudio(entry, log.Format.BytesPerSample))];

    private static byte[] CleanAudio(LogEntry entry, int bytesPerSample)
    {
        var audio = Convert.FromBase64String(LogFixture.Text(entry.Payload));
        Assert.Equal(0, audio.Length % bytesPerSample);
        Assert.InRange(audio.Length, 1, 64 * 1024);
        return audio;
    }

    private static void Deliver(IUpstreamRoute route, string json, bool isLast)
    {
        Assert.True(ServerFrameParser.TryParse(Encoding.UTF8.GetBytes(json), out var frame));
        Assert.Equal(isLast, frame.IsLast && route.EndsWith(frame));
        route.OnFrame(frame);
    }

    private static void Send(AttemptFrames feed, string json)
    {
        Assert.True(ServerFrameParser.TryParse(Encoding.UTF8.GetBytes(json), out var frame));
        feed.OnFrame(frame);
    }
}
