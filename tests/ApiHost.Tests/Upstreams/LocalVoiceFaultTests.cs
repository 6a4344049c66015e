using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.LocalVoice;

namespace TtsGrains.ApiHost.Tests.Upstreams;

/// <summary>A real voice that fails by script, behind the real service: what the client hears is what it would have heard.</summary>
public sealed class LocalVoiceFaultTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""[{"fault":"drop","text":"Your","after_frames":9}]""")]
    [InlineData("""[{"fault":"reset","text":"Your","after_frames":2}]""")]
    [InlineData("""[{"fault":"close","text":"Your","after_frames":5,"code":1001}]""")]
    [InlineData("""[{"fault":"stall","text":"Your","after_frames":7}]""")]
    [InlineData("""[{"fault":"error","text":"Your","after_frames":4,"status":503}]""")]
    [InlineData("""[{"fault":"error","text":"Your","status":429,"times":3}]""")]
    [InlineData("""[{"fault":"garbage","times":0},{"fault":"binary","times":0},{"fault":"stale","times":0},{"fault":"duplicate_done","times":0}]""")]
    [InlineData("""[{"fault":"sloppy","chunk_bytes":1001,"base64":"url_unpadded","numbers":"string","bom":true}]""")]
    [InlineData("""[{"fault":"sloppy","chunk_bytes":300000,"base64":"lines","order":"twice"}]""")]
    [InlineData("""[{"fault":"sloppy","base64":"unpadded"},{"fault":"early_done","text":"Your"},{"fault":"drop","text":"Your","after_frames":7}]""")]
    [InlineData("""[{"fault":"drop","text":"Your","after_frames":6},{"fault":"refuse","socket":3,"status":503},{"fault":"refuse","socket":4,"status":429}]""")]
    public async Task Sample_WhateverGoesWrong_IsByteForByteTheSame(string script)
    {
        await using var plain = await StartVoiceAsync("");
        await using var faulty = await StartVoiceAsync(script);
        var settings = new[] { "Upstreams:main:Resume=sample", "Upstreams:main:ProgressTimeout=00:00:00.5", "Upstreams:main:QueueDeadline=00:01:00" };
        await using var service = await RunningService.StartAsync([.. settings, $"Upstreams:main:Url={plain.WebSocketUrl}"]);
        await using var broken = await RunningService.StartAsync([.. settings, $"Upstreams:main:Url={faulty.WebSocketUrl}"]);

        var expected = await SpeakAsync(service);
        var heard = await SpeakAsync(broken);

        Assert.True(heard.IsDone, $"{heard.ErrorCode}");
        Assert.Equal(2, heard.FlushesDone);
        Assert.All(Enumerable.Range(1, 3), flushId => Assert.Equal(expected.AudioOf(flushId), heard.AudioOf(flushId)));
        Assert.Equal(expected.Words.Select(word => word.Word), heard.Words.Select(word => word.Word));
    }

    [Fact]
    public async Task BadAudio_EndsTheContextWithAnError()
    {
        await using var faulty = await StartVoiceAsync("""[{"fault":"bad_audio","text":"Your","after_frames":4}]""");
        await using var broken = await RunningService.StartAsync($"Upstreams:main:Url={faulty.WebSocketUrl}");

        Assert.Equal("upstream_garbled", (await SpeakAsync(broken)).ErrorCode);
    }

    /// <summary>Word times and <c>flush_done</c> overtake the chunk before them: only the border between segments moves.</summary>
    [Fact]
    public async Task SloppyOrder_Early_LosesNothing()
    {
        await using var plain = await StartVoiceAsync("");
        await using var faulty = await StartVoiceAsync("""[{"fault":"sloppy","order":"early"}]""");
        await using var service = await RunningService.StartAsync($"Upstreams:main:Url={plain.WebSocketUrl}");
        await using var sloppy = await RunningService.StartAsync($"Upstreams:main:Url={faulty.WebSocketUrl}");

        var expected = await SpeakAsync(service);
        var heard = await SpeakAsync(sloppy);

        Assert.True(heard.IsDone, heard.ErrorCode);
        Assert.Equal(expected.Audio, heard.Audio);
        Assert.Equal(expected.Words, heard.Words);
    }

    /// <summary>By word with a voice that tells each word's times when it has been said: every word is there once.</summary>
    [Fact]
    public async Task Word_CutAtEveryFrame_TellsEveryWordOnce()
    {
        await using var plain = await StartVoiceAsync("");
        await using var service = await RunningService.StartAsync($"Upstreams:main:Url={plain.WebSocketUrl}");
        var expected = await SpeakAsync(service);
        for (var cut = 0; cut < 40; cut += 3)
        {
            await using var faulty = await StartVoiceAsync($$"""[{"fault":"close","text":"Your","after_frames":{{cut}},"code":1001}]""");
            await using var broken = await RunningService.StartAsync($"Upstreams:main:Url={faulty.WebSocketUrl}");
            var heard = await SpeakAsync(broken);

            Assert.True(heard.IsDone, $"Cut behind {cut} frames: {heard.ErrorCode}");
            Assert.Equal(expected.Words.Select(word => word.Word), heard.Words.Select(word => word.Word));
            Assert.True(heard.Audio.Length > expected.Audio.Length * 0.9, $"Cut behind {cut} frames, only {heard.Audio.Length} of {expected.Audio.Length} bytes are left.");
        }
    }

    private static async Task<HeardContext> SpeakAsync(RunningService service)
    {
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("call", "Your parcel left this morning. ", flush: true, change: WantTimes);
        await client.PushAsync("call", "It arrives tomorrow, ", change: WantTimes);
        await client.PushAsync("call", "before noon. ", flush: true, change: WantTimes);
        await client.PushAsync("call", "Goodbye.", more: false, change: WantTimes);
        return await client.WhenEndedAsync("call");
    }

    private static void WantTimes(JsonObject message) => message["add_timestamps"] = true;

    private static Task<LocalVoiceServer> StartVoiceAsync(string script) => LocalVoiceServer.StartAsync(
        new LocalVoiceOptions { Engine = LocalVoiceEngine.Tones, RealtimeFactor = 0, FaultScript = script }, NullLoggerFactory.Instance, TimeProvider.System, Cancellation);
}
