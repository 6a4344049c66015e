using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using TtsGrains.Client.Contexts;
using TtsGrains.Client.Sessions;
using TtsGrains.Client.Tests.Samples;
using TtsGrains.Client.Tests.Scripted;
using TtsGrains.Protocol.Audio;
using TtsGrains.Testing;

namespace TtsGrains.Client.Tests.Service;

/// <summary>What the real service keeps, through the client and the command line.</summary>
public sealed class RealArchiveTests(RealService service)
{
    private static readonly AudioFormat Format = new(AudioEncoding.PcmS16Le, 16000);

    [Fact]
    public async Task ListenSample_SessionThatIsOver_IsHeardAndItsRecordingDownloaded()
    {
        var spoken = await SpeakAsync("Kept for later.");
        using var output = new MemoryStream();
        using var recording = new MemoryStream();
        var progress = new LastProgress();

        await ListenSample.RunAsync(service.Url, spoken.Session, output, recording, progress, Scene.Stop);

        // µ-law at 8 kHz of what was 16-bit at 16 kHz.
        Assert.InRange(output.Length, (spoken.Audio.Length / 4) - 4, (spoken.Audio.Length / 4) + 4);
        Assert.Equal(spoken.Audio, recording.ToArray()[^spoken.Audio.Length..]);
        Assert.Equal(recording.Length, progress.Last.Bytes);
    }

    [Fact]
    public async Task ListenSample_SessionThatGoesOn_IsHeardAndItsRecordingDownloaded()
    {
        await using var client = service.NewClient();
        await using var context = Open(client, "c");
        await context.PushAsync("Said while somebody listens.", cancellationToken: Scene.Stop);
        await context.FlushAsync(Scene.Stop);
        using var output = new MemoryStream();
        using var recording = new MemoryStream();

        var listening = ListenSample.RunAsync(service.Url, client.SessionId!, output, recording, new LastProgress(), Scene.Stop);
        await context.CompleteAsync(Scene.Stop);
        var audio = (await context.ReadAllAsync()).Audio();
        await listening;

        Assert.InRange(output.Length, (audio.Length / 4) - 4, (audio.Length / 4) + 4);
        Assert.Equal(audio, recording.ToArray()[^audio.Length..]);
    }

    [Fact]
    public async Task Session_ListedShownDownloadedHeldErased()
    {
        var reference = $"call {Guid.NewGuid():N}";
        var spoken = await SpeakAsync("First part. ", "Second part.", reference);
        await using var client = service.NewClient();
        var sessions = client.Sessions;

        var listed = Assert.Single(await sessions.ListAsync(new SessionFilter { Reference = reference }, Scene.Stop).ToListAsync(Scene.Stop));
        var today = await sessions.ListAsync(new SessionFilter { Day = DateOnly.FromDateTime(listed.StartedAt!.Value.UtcDateTime) }, Scene.Stop).ToListAsync(Scene.Stop);
        Assert.Equal((spoken.Session, reference), (listed.SessionId, listed.Ref));
        Assert.Contains(today, session => session.SessionId == spoken.Session);

        var detail = await sessions.GetAsync(spoken.Session, Scene.Stop);
        var context = Assert.Single(detail.Contexts);
        Assert.Equal((1, "c", "finished", "done", 24L), (context.Ordinal, context.ContextId, context.State, context.Outcome, context.Characters));
        Assert.Equal(Format.DurationOf(spoken.Audio.Length).TotalMilliseconds, context.DurationMs!.Value, 1.0);

        var audio = new List<byte>();
        foreach (var segment in context.Segments!)
        {
            using var file = new MemoryStream();
            await sessions.DownloadSegmentAsync(spoken.Session, context.Ordinal, segment.FlushId, file, null, Scene.Stop);
            Assert.Equal(segment.Sha256, Convert.ToHexStringLower(SHA256.HashData(file.ToArray())));
            audio.AddRange(AudioOf(file.ToArray()));
        }

        Assert.Equal(spoken.Audio, audio);
        var manifest = JsonDocument.Parse(await sessions.GetManifestAsync(spoken.Session, 1, Scene.Stop)).RootElement;
        Assert.Equal("First part. Second part.", manifest.GetProperty("text").GetString());

        await sessions.HoldAsync(spoken.Session, Scene.Stop);
        Assert.Equal((409, "session_held"), await RefusalOf(() => sessions.EraseAsync(spoken.Session, Scene.Stop)));
        await sessions.ReleaseAsync(spoken.Session, Scene.Stop);
        await sessions.EraseAsync(spoken.Session, Scene.Stop);
        Assert.Equal((404, "session_not_found"), await RefusalOf(() => sessions.GetAsync(spoken.Session, Scene.Stop)));
        Assert.Empty(await sessions.ListAsync(new SessionFilter { Reference = reference }, Scene.Stop).ToListAsync(Scene.Stop));
    }

    [Fact]
    public async Task CopyAudio_SessionThatIsOver_IsTheWholeOfIt()
    {
        var spoken = await SpeakAsync("As one stream.");
        await using var client = service.NewClient();
        using var stream = new MemoryStream();

        await client.Sessions.CopyAudioAsync(spoken.Session, new ListenOptions { From = [ListenFrom.Start] }, stream, null, Scene.Stop);

        Assert.Equal(spoken.Audio, AudioOf(stream.ToArray()));
    }

    [Fact]
    public async Task Cli_SessionsListenExportErase_DoAsTheySay()
    {
        var reference = $"ticket-{Guid.NewGuid():N}";
        var spoken = await SpeakAsync("Export ", "this.", reference);
        var folder = Directory.CreateTempSubdirectory("tts-real-");
        try
        {
            var listed = await service.RunCliAsync("sessions", "--ref", reference);
            Assert.Equal((0, ""), (listed.ExitCode, listed.Errors));
            Assert.Matches($"^{spoken.Session}  [0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}} [0-9:]{{8}} +[0-9]+\\.[0-9] s +(live|finished) +{reference}\n$", listed.Output);

            // Neither of the folders is there before.
            var wav = Path.Combine(folder.FullName, "heard", "call.wav");
            var heard = await service.RunCliAsync("listen", spoken.Session, "--from", "start", "--out", wav);
            Assert.Equal((0, ""), (heard.ExitCode, heard.Errors));
            Assert.Equal(spoken.Audio, AudioOf(await File.ReadAllBytesAsync(wav, Scene.Stop)));

            var export = Path.Combine(folder.FullName, "a", "b");
            var exported = await service.RunCliAsync("export", spoken.Session, "--out", export);
            Assert.Equal((0, ""), (exported.ExitCode, exported.Errors));
            Assert.Equal(
                ["0001-c/1.wav", "0001-c/2.wav", "0001-c/manifest.json", "recording.wav"],
                Directory.GetFiles(export, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(export, file)).Order(StringComparer.Ordinal));
            Assert.Equal(spoken.Audio, AudioOf(await File.ReadAllBytesAsync(Path.Combine(export, "recording.wav"), Scene.Stop)));

            var erased = await service.RunCliAsync("erase", spoken.Session);
            Assert.Equal((0, $"{spoken.Session} is erased\n", ""), erased);
            var again = await service.RunCliAsync("erase", spoken.Session);
            Assert.Equal((1, ""), (again.ExitCode, again.Output));
            Assert.StartsWith("Session not found: ", again.Errors, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static TtsContext Open(TtsClient client, string id)
        => client.OpenContext(new TtsContextOptions { Voice = RealService.Voice, ContextId = id, Format = Format });

    private static async Task<(int Status, string? Code)> RefusalOf(Func<Task> act)
    {
        var refusal = await Assert.ThrowsAsync<TtsException>(act);
        return (refusal.Status, refusal.Code);
    }

    private static byte[] AudioOf(byte[] wav)
    {
        var data = wav.AsSpan().IndexOf("data"u8);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(wav.AsSpan(data + 4));
        return wav[(data + 8)..(int)Math.Min(wav.Length, data + 8L + length)];
    }

    /// <summary>A session that is over and archived, of one context "c" with a segment for each text.</summary>
    private async Task<(string Session, byte[] Audio)> SpeakAsync(string text, string? second = null, string? reference = null)
    {
        string session;
        byte[] audio;
        var options = new TtsClientOptions { BaseUrl = service.Url, ApiKey = "demo", Reference = reference };
        await using (var client = new TtsClient(options))
        {
            await using var context = Open(client, "c");
            await context.PushAsync(text, cancellationToken: Scene.Stop);
            if (second is not null)
            {
                await context.FlushAsync(Scene.Stop);
                await context.PushAsync(second, cancellationToken: Scene.Stop);
            }

            await context.CompleteAsync(Scene.Stop);
            audio = (await context.ReadAllAsync()).Audio();
            session = client.SessionId!;
        }

        await using var watcher = service.NewClient();
        await Eventually.IsAsync(async () => (await watcher.Sessions.GetAsync(session, Scene.Stop)).Contexts.All(context => context.Archived), true, Scene.Stop);
        return (session, audio);
    }

    private sealed class LastProgress : IProgress<DownloadProgress>
    {
        public DownloadProgress Last { get; private set; }

        public void Report(DownloadProgress value) => Last = value;
    }
}
