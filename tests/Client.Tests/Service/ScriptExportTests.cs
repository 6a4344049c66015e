using System.Text;
using TtsGrains.Cli.Sessions;
using TtsGrains.Client.Contexts;
using TtsGrains.Client.Events;
using TtsGrains.Client.Tests.Scripted;
using TtsGrains.Protocol.Audio;
using TtsGrains.Testing;

namespace TtsGrains.Client.Tests.Service;

/// <summary><c>./tts export --as-script</c>, and its replay by the scripted upstream.</summary>
public sealed class ScriptExportTests(RealService service)
{
    private static readonly AudioFormat Format = new(AudioEncoding.PcmMulaw, 8000);

    [Fact]
    public async Task Script_WithTextAndAudio_IsReplayedFrameByFrameAndByteForByte()
    {
        await using var client = service.NewClient();
        string[] segments = ["The first part has some words. ", "The second one ends it."];
        var spoken = await SpeakAsync(client, segments, "c");

        var script = await ExportAsync(client.SessionId!, "--with-text", "--with-audio");

        Assert.Equal(segments, script.Segments.Select(segment => segment.Text));
        Assert.Equal(spoken, await ReplayAsync(script));
    }

    [Fact]
    public async Task Script_Redacted_HasNoTextAndSilenceOfTheSameFrames()
    {
        await using var client = service.NewClient();
        var spoken = await SpeakAsync(client, ["Account 4711 of Anna. ", "Well, then."], "c");

        var script = await ExportAsync(client.SessionId!);

        Assert.Equal(["Xxxxxxx 0000 xx Xxxx. ", "Xxxx, xxxx."], script.Segments.Select(segment => segment.Text));
        var replayed = await ReplayAsync(script);
        Assert.Equal(spoken.Select(ShapeOf), replayed.Select(ShapeOf));
        Assert.All(replayed.OfType<Heard.Audio>(), chunk => Assert.True(Convert.FromHexString(chunk.Hex).All(sample => sample == 0xFF)));
        Assert.DoesNotContain(replayed.OfType<Heard.Words>(), words => words.Text.Contains("Anna", StringComparison.Ordinal));
    }

    [Fact]
    public void Redact_KeepsLengthAndMarks()
        => Assert.Equal("Xx xxxx 00 xxx, <xxxxx xxxx=\"0x\"/> xx xx?", ScriptExport.Redact("Äb cdef 12 ghi, <break time=\"1s\"/> 😀 ли?"));

    private static string ShapeOf(Heard heard) => heard switch
    {
        Heard.Audio audio => $"{audio.Hex.Length}",
        Heard.Words words => string.Join(' ', words.Text.Split(' ').Select(word => word.Length)),
        _ => heard.ToString()!,
    };

    private async Task<RecordedScript> ExportAsync(string session, params string[] options)
    {
        var folder = Directory.CreateTempSubdirectory("tts-script-");
        try
        {
            var (code, _, errors) = await service.RunCliAsync(["export", session, "--as-script", "--out", folder.FullName, .. options]);
            Assert.Equal((0, ""), (code, errors));
            var file = await File.ReadAllBytesAsync(Path.Combine(folder.FullName, "0001.script.json"), Scene.Stop);
            Assert.DoesNotContain(session, Encoding.UTF8.GetString(file), StringComparison.Ordinal);
            return RecordedScript.Parse(file);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<List<Heard>> ReplayAsync(RecordedScript script)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(Scene.Stop);
        upstream.When(script.FirstText, script.AnswerAsync);
        await using var client = new TtsClient(new TtsClientOptions { BaseUrl = new Uri(upstream.Url, "/"), ApiKey = "any" });
        return await SpeakAsync(client, [.. script.Segments.Select(segment => segment.Text)], "replayed");
    }

    private static async Task<List<Heard>> SpeakAsync(TtsClient client, string[] segments, string id)
    {
        await using var context = client.OpenContext(new TtsContextOptions { ContextId = id, Voice = RealService.Voice, Format = Format, Words = true });
        foreach (var segment in segments)
        {
            await context.PushAsync(segment, cancellationToken: Scene.Stop);
            if (segment != segments[^1])
            {
                await context.FlushAsync(Scene.Stop);
            }
        }

        await context.CompleteAsync(Scene.Stop);
        List<Heard> heard = [];
        await foreach (var item in context.ReadAsync(Scene.Stop))
        {
            heard.Add(item switch
            {
                AudioEvent audio => new Heard.Audio(Convert.ToHexString(audio.Audio.Span)),
                WordsEvent words => new Heard.Words(string.Join(' ', words.Words.Select(word => word.Text)), string.Join(' ', words.Words.Select(word => word.Start))),
                _ => new Heard.Other(item.GetType().Name),
            });
        }

        return heard;
    }

    private abstract record Heard
    {
        public sealed record Audio(string Hex) : Heard;

        public sealed record Words(string Text, string Starts) : Heard;

        public sealed record Other(string Type) : Heard;
    }
}
