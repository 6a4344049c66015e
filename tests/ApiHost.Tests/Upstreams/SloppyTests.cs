using System.Text.Json;
using System.Text.Json.Nodes;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Archive.Manifests;
using TtsGrains.Protocol.Audio;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Upstreams;

/// <summary>Upstreams that do not keep to the protocol: what they mean is passed on as the protocol says, what cannot be understood ends the context.</summary>
public sealed class SloppyTests
{
    private const string First = "A sentence of some words. ";
    private const string Second = "And what follows it.";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static readonly Dictionary<string, FrameStyle> Styles = new()
    {
        { "one byte", new FrameStyle { BytesPerChunk = 1 } },
        { "torn samples", new FrameStyle { BytesPerChunk = 7 } },
        { "large", new FrameStyle { BytesPerChunk = 1_000_000 } },
        { "unpadded", new FrameStyle { Base64 = Base64Form.Unpadded, BytesPerChunk = 13 } },
        { "url", new FrameStyle { Base64 = Base64Form.Url, BytesPerChunk = 13 } },
        { "url, unpadded", new FrameStyle { Base64 = Base64Form.UrlUnpadded, BytesPerChunk = 13 } },
        { "lines", new FrameStyle { Base64 = Base64Form.Lines, BytesPerChunk = 131 } },
        { "escaped", new FrameStyle { Base64 = Base64Form.Escaped } },
        { "numbers", new FrameStyle { NumbersAsStrings = true } },
        { "mark", new FrameStyle { ByteOrderMark = true } },
        { "type", new FrameStyle { WithoutType = true } },
        { "twice", new FrameStyle { Twice = true } },
        { "all", new FrameStyle { BytesPerChunk = 5, Base64 = Base64Form.UrlUnpadded, NumbersAsStrings = true, ByteOrderMark = true, WithoutType = true, Twice = true } },
    };

    public static TheoryData<string> StyleNames => [.. Styles.Keys];

    [Theory]
    [MemberData(nameof(StyleNames))]
    public async Task Style_IsPassedOnClean(string name)
    {
        await using var service = await RunningService.StartAsync();
        service.Upstream.When("", (context, message) =>
        {
            context.Style = Styles[name];
            return ScriptedContext.Answer(context, message);
        });

        await SpeakAndCheckAsync(service, "style");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TimesBeforeOrBehindTheirAudio_ArePassedOn(bool first)
    {
        await using var service = await RunningService.StartAsync();
        service.Upstream.When("", (context, message) =>
        {
            foreach (var frame in context.Frames(message, timesFirst: first))
            {
                context.Send(frame);
            }

            return Task.CompletedTask;
        });

        await SpeakAndCheckAsync(service, "order");
    }

    [Fact]
    public async Task SeveralFramesInOneMessage_ArePassedOn()
    {
        await using var service = await RunningService.StartAsync();
        service.Upstream.When("", (context, message) =>
        {
            context.Send(string.Join('\n', context.Frames(message, timesFirst: false)));
            return Task.CompletedTask;
        });

        await SpeakAndCheckAsync(service, "together");
    }

    /// <summary>The end overtakes all of the audio.</summary>
    [Fact]
    public async Task DoneBeforeTheAudio_NothingIsLost()
    {
        await using var service = await RunningService.StartAsync();
        service.Upstream.When("", (context, message) =>
        {
            if (!message.Continues)
            {
                context.EarlyDone();
                context.Speak(message.Transcript, message.WantsTimestamps);
            }

            return Task.CompletedTask;
        });
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("early", Second, more: false, change: WantTimes);

        var heard = await client.WhenEndedAsync("early");

        Assert.True(heard.IsDone, heard.ErrorCode);
        Assert.Equal(Second, heard.Text);
        Assert.Single(service.Upstream.Contexts);
    }

    [Fact]
    public async Task LastChunkSaysDone_IsTheEnd()
    {
        await using var service = await RunningService.StartAsync();
        service.Upstream.When("", (context, message) =>
        {
            var frames = context.Frames(message, timesFirst: true).SkipLast(1).ToArray();
            foreach (var frame in frames[..^1])
            {
                context.Send(frame);
            }

            context.Send(frames[^1].Replace("\"done\":false", "\"done\":true", StringComparison.Ordinal));
            return Task.CompletedTask;
        });
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("last", Second, more: false, change: WantTimes);

        var heard = await client.WhenEndedAsync("last");

        Assert.True(heard.IsDone, heard.ErrorCode);
        Assert.Equal(Second, heard.Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ErrorInAnyForm_KeepsItsStatusAndCode(bool numbersAsStrings)
    {
        await using var service = await RunningService.StartAsync();
        service.Upstream.When("", (context, _) =>
        {
            context.Style = new FrameStyle { ErrorsAsObjects = true, NumbersAsStrings = numbersAsStrings, ByteOrderMark = true };
            context.Error(404, "voice_not_found", "Invalid voice", "No such voice.");
            return Task.CompletedTask;
        });
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("error", Second, more: false);

        var error = (await client.WhenEndedAsync("error")).End!.Value;

        Assert.Equal(
            (404, "voice_not_found", "Invalid voice", "No such voice.", "Invalid voice: No such voice."),
            (error.GetProperty("status_code").GetInt32(), error.GetProperty("error_code").GetString(), error.GetProperty("title").GetString(),
                error.GetProperty("message").GetString(), error.GetProperty("error").GetString()));
    }

    [Theory]
    [InlineData("****")]
    [InlineData("A")]
    [InlineData("{\"audio\":1}")]
    public async Task AudioThatCannotBeDecoded_EndsTheContextWithAnError(string data)
    {
        await using var service = await RunningService.StartAsync();
        service.Upstream.When("Bad", (context, message) =>
        {
            context.Speak("Bad");
            context.ChunkOfData(data);
            context.Speak(message.Transcript);
            context.Done();
            return Task.CompletedTask;
        });
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("bad", "Bad audio.", more: false);
        await client.PushAsync("good", "Good audio.", more: false);

        var heard = await client.WhenEndedAsync("bad");

        Assert.Equal("upstream_garbled", heard.ErrorCode);
        Assert.Equal("Bad", heard.Text);
        Assert.Equal("Good audio.", (await client.WhenEndedAsync("good")).Text);
        Assert.Single(service.Upstream.Sockets);
    }

    public static TheoryData<string> WithoutAudio =>
    [
        """{"type":"done","context_id":"@","done":true}""",
        """{"type":"chunk","context_id":"@","data":{"x":1}}""",
        """{"type":"chunk","context_id":"@","data":[1,2,3]}""",
        """{"type":"chunk","context_id":"@","data":""}""",
        """{"type":"chunk","context_id":"@"}""",
        """{"type":"audio","context_id":"@","payload":"AAAA"}""",
        "garbage",
    ];

    /// <summary>An end without audio would be taken for speech.</summary>
    [Theory]
    [MemberData(nameof(WithoutAudio))]
    public async Task NothingThatIsAudio_IsAnErrorAndNeverDone(string frame)
    {
        await using var service = await RunningService.StartAsync();
        service.Upstream.When("", (context, message) =>
        {
            context.Send(frame.Replace("@", context.Id, StringComparison.Ordinal));
            if (!message.Continues)
            {
                context.Done();
            }

            return Task.CompletedTask;
        });
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("none", Second, more: false);

        Assert.Equal("upstream_no_audio", (await client.WhenEndedAsync("none")).ErrorCode);
    }

    private static async Task SpeakAndCheckAsync(RunningService service, string session)
    {
        await using var client = await SocketClient.ConnectAsync(service, session: session);
        await client.PushAsync("call", First, flush: true, change: WantTimes);
        await client.PushAsync("call", Second, more: false, change: WantTimes);

        var heard = await client.WhenEndedAsync("call");

        Assert.True(heard.IsDone, heard.ErrorCode);
        Assert.Equal(First + Second, heard.Text);
        Assert.Equal(First, ScriptedAudio.TextOf(heard.AudioOf(1)));
        Assert.Equal(1, heard.FlushesDone);
        Assert.Equal((First + Second).Split(' '), heard.Words.Select(word => word.Word));
        Assert.All(heard.Frames.Where(frame => frame.GetProperty("type").GetString() == "chunk"), AssertClean);
        var folder = await service.WhenArchivedAsync(RunningService.Acme, session, "call");
        var manifest = ContextManifest.FromJson(await File.ReadAllBytesAsync(Path.Combine(folder, "manifest.json"), Cancellation));
        Assert.Equal((First + Second).Split(' '), manifest.Segments.SelectMany(segment => segment.Words).Select(word => word.Word));
        var archived = Directory.GetFiles(folder, "*.wav").Order(StringComparer.Ordinal).SelectMany(file => File.ReadAllBytes(file)[Wav.HeaderLength(AudioEncoding.PcmS16Le)..]).ToArray();
        Assert.Equal(First + Second, ScriptedAudio.TextOf(archived));
    }

    private static void AssertClean(JsonElement chunk)
    {
        var audio = chunk.GetProperty("data").GetBytesFromBase64();
        Assert.Equal(0, audio.Length % 2);
        Assert.InRange(audio.Length, 1, 64 * 1024);
        Assert.Equal(206, chunk.GetProperty("status_code").GetInt32());
        Assert.Equal(JsonValueKind.Number, chunk.GetProperty("step_time").ValueKind);
    }

    private static void WantTimes(JsonObject message) => message["add_timestamps"] = true;
}
