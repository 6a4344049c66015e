using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using TtsGrains.Client.Contexts;
using TtsGrains.Client.Events;
using TtsGrains.Client.Tests.Samples;
using TtsGrains.Client.Tests.Scripted;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Client.Tests.Service;

/// <summary>The client and the command line against the real service.</summary>
public sealed class RealServiceTests(RealService service)
{
    [Fact]
    public async Task SaySample_RealService_SpeaksAndTellsTheWords()
    {
        using var output = new MemoryStream();
        var captions = new List<string>();

        await SaySample.RunAsync(service.Url, RealService.Voice, output, captions, Scene.Stop);

        Assert.Equal(["Your", "parcel", "left", "this", "morning.", "It", "arrives", "tomorrow."], captions);
        Assert.InRange(output.Length / 48000.0, 1, 10);
    }

    [Fact]
    public async Task InterruptSample_RealService_IsAnswered()
    {
        var (heard, answered) = await InterruptSample.RunAsync(service.Url, RealService.Voice, Scene.Stop);

        Assert.True(heard > 0);
        Assert.True(answered);
    }

    [Fact]
    public async Task TwentyContexts_OneClient_AllSpeakTheirOwn()
    {
        await using var client = new TtsClient(new TtsClientOptions { BaseUrl = service.Url, ApiKey = "demo" });

        var spoken = await Task.WhenAll(Enumerable.Range(1, 20).Select(async n =>
        {
            await using var context = client.OpenContext(new TtsContextOptions { Voice = RealService.Voice, Words = true, Format = new AudioFormat(AudioEncoding.PcmMulaw, 8000) });
            var reading = context.ReadAllAsync();
            await context.SayAsync(FormattableString.Invariant($"Number {n}."));
            return await reading;
        }));

        Assert.Equal(
            Enumerable.Range(1, 20).Select(n => FormattableString.Invariant($"Number {n}.")),
            spoken.Select(events => string.Join(' ', events.OfType<WordsEvent>().SelectMany(words => words.Words).Select(word => word.Text))));
        Assert.All(spoken, events => Assert.NotEmpty(events.Audio()));
        Assert.NotNull(client.SessionId);
    }

    [Fact]
    public async Task Push_CutInsideASurrogatePair_TellsTheWholeCharacter()
    {
        await using var client = new TtsClient(new TtsClientOptions { BaseUrl = service.Url, ApiKey = "demo" });
        await using var context = client.OpenContext(new TtsContextOptions { Voice = RealService.Voice, Words = true, Format = new AudioFormat(AudioEncoding.PcmMulaw, 8000) });
        var reading = context.ReadAllAsync();

        await context.PushAsync("Glad \ud83d", cancellationToken: Scene.Stop);
        await context.PushAsync("\ude00 to help.", cancellationToken: Scene.Stop);
        await context.CompleteAsync(Scene.Stop);
        var told = string.Join(' ', (await reading).OfType<WordsEvent>().SelectMany(words => words.Words).Select(word => word.Text));

        Assert.Contains("Glad", told, StringComparison.Ordinal);
        Assert.Contains("help.", told, StringComparison.Ordinal);
        Assert.Contains("\U0001F600", told, StringComparison.Ordinal);
        Assert.DoesNotContain('\uFFFD', told);
    }

    [Fact]
    public async Task Context_UnknownEncodingOrKey_IsRefusedWithTheServicesReason()
    {
        await using var client = new TtsClient(new TtsClientOptions { BaseUrl = service.Url, ApiKey = "demo" });
        await using var context = client.OpenContext(new TtsContextOptions { Voice = RealService.Voice, Format = new AudioFormat(AudioEncoding.PcmS16Le, 40) });

        // The refusal may be here before the push has returned.
        var refusal = await Assert.ThrowsAsync<TtsException>(async () =>
        {
            await context.PushAsync("Hello.", cancellationToken: Scene.Stop);
            await context.ReadAllAsync();
        });
        Assert.Equal((400, "invalid_output_format"), (refusal.Status, refusal.Code));
        Assert.NotNull(refusal.RequestId);

        await using var stranger = new TtsClient(new TtsClientOptions { BaseUrl = service.Url, ApiKey = "wrong" });
        await using var strange = stranger.OpenContext(new TtsContextOptions { Voice = RealService.Voice });
        Assert.Equal(401, (await Assert.ThrowsAsync<TtsException>(strange.ReadAllAsync)).Status);
    }

    [Fact]
    public async Task Say_TwoTexts_WritesAPlayableFileEach()
    {
        var folder = Directory.CreateTempSubdirectory("tts-say-");
        try
        {
            var (exitCode, output, errors) = await service.RunCliAsync("say", "Stay hungry, ", "stay foolish.", "--out", folder.FullName);

            Assert.Equal((0, ""), (exitCode, errors));
            Assert.Matches("^session [^\n]+\nfirst audio after [0-9]+ ms\n", output);
            foreach (var file in (string[])["flush_1.wav", "flush_2.wav"])
            {
                var wav = await File.ReadAllBytesAsync(Path.Combine(folder.FullName, file), Scene.Stop);
                Assert.Equal(wav.Length - 8, BitConverter.ToInt32(wav, 4));
                Assert.True(wav.Length > 10_000, $"{file} has {wav.Length} bytes");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("Unauthorized: ", "say", "Hello.", "--key", "wrong")]
    [InlineData("Unauthorized: ", "listen", "no-such-session", "--key", "wrong")]
    [InlineData("Unauthorized: ", "sessions", "--key", "wrong")]
    [InlineData("Session not found: ", "listen", "no-such-session")]
    [InlineData("Session not found: ", "export", "no-such-session", "--out", "nowhere")]
    [InlineData("Session not found: ", "erase", "no-such-session")]
    public async Task Cli_Refused_SaysWhyAndFails(string complaint, params string[] arguments)
    {
        var (exitCode, output, errors) = await service.RunCliAsync(arguments);

        Assert.Equal((1, ""), (exitCode, output));
        Assert.StartsWith(complaint, errors, StringComparison.Ordinal);
        Assert.InRange(errors.TrimEnd().Split('\n').Length, 1, 2);
        Assert.False(Directory.Exists("nowhere"));
    }

    [Fact]
    public async Task Say_FolderWithFilesOfAnEarlierRun_KeepsNoneOfThem()
    {
        var folder = Directory.CreateTempSubdirectory("tts-say-");
        try
        {
            foreach (var name in (string[])["flush_1.wav", "flush_2.wav", "flush_10.wav", "flush_mine.wav", "other.wav"])
            {
                await File.WriteAllTextAsync(Path.Combine(folder.FullName, name), "stale", Scene.Stop);
            }

            var (exitCode, output, errors) = await service.RunCliAsync("say", "Hello.", "--json", "--out", folder.FullName);

            Assert.Equal((0, ""), (exitCode, errors));
            Assert.Equal(["flush_1.wav", "flush_mine.wav", "other.wav"], folder.GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal));
            var lines = output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
            Assert.Equal(["session_id", "first_audio_ms", "file"], lines.Select(line => line.EnumerateObject().First().Name));
            Assert.InRange(lines[2].GetProperty("duration_ms").GetDouble(), 100, 10_000);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task KeysNew_Key_IsThatOfTheSetting()
    {
        var (exitCode, output, errors) = await RealService.RunAsync("keys", "new", "--tenant", "acme");

        Assert.Equal(0, exitCode);
        var key = Regex.Match(output, "^key      (sk_tts_[A-Za-z0-9_-]{43})\n").Groups[1].Value;
        Assert.Equal($"key      {key}\nsetting  Tenants__acme__Keys__0={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))}\n", output);
        Assert.DoesNotContain(key, errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a:b")]
    [InlineData("a__b")]
    public async Task KeysNew_TenantThatNoSettingCanName_IsAnError(string tenant)
        => Assert.Equal((2, "", "--tenant takes 1 to 64 letters, digits, '-' and '_', without \"__\".\n"), await RealService.RunAsync("keys", "new", "--tenant", tenant));

    [Fact]
    public async Task Service_FromTheEnvironment_IsSpokenTo()
    {
        (string, string)[] environment = [("TTS_URL", service.Url.ToString()), ("TTS_KEY", "wrong")];

        var refused = await RealService.RunAsync(environment, "sessions");
        var given = await RealService.RunAsync(environment, "sessions", "--key", "demo", "--day", "2020-01-01");
        var bad = await RealService.RunAsync([("TTS_URL", "nowhere")], "sessions");

        Assert.Equal(1, refused.ExitCode);
        Assert.StartsWith("Unauthorized: ", refused.Errors, StringComparison.Ordinal);
        Assert.Equal((0, "There are no such sessions.\n"), (given.ExitCode, given.Errors));
        Assert.Equal((2, "TTS_URL must be an address such as http://127.0.0.1:8080.\n"), (bad.ExitCode, bad.Errors));
    }

    [Theory]
    [InlineData("say", "Hello.")]
    [InlineData("listen", "some-session")]
    [InlineData("sessions")]
    [InlineData("export", "some-session", "--out", "nowhere")]
    [InlineData("erase", "some-session")]
    public async Task Cli_NoService_SaysWhatToDo(params string[] arguments)
    {
        var (exitCode, output, errors) = await RealService.RunCliAsync(new Uri("http://127.0.0.1:1"), arguments);

        Assert.Equal((3, ""), (exitCode, output));
        Assert.Matches("^Not connected: .*127.0.0.1:1 could not be reached: .*\nIs the service running\\? .*\n$", errors);
    }

    [Fact]
    public async Task Sessions_OfADayWithoutAny_SaysSoBesideItsOutput()
        => Assert.Equal((0, "", "There are no such sessions.\n"), await service.RunCliAsync("sessions", "--day", "2020-01-01"));

    [Fact]
    public async Task Listen_ToASessionThatIsOver_WritesNoFileWithoutAudio()
    {
        await using var client = service.NewClient();
        await using (var context = client.OpenContext(new TtsContextOptions { Voice = RealService.Voice }))
        {
            await context.SayAsync("Said before.");
            await context.ReadAllAsync();
        }

        await client.DisposeAsync();
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.wav");

        var (exitCode, output, errors) = await service.RunCliAsync("listen", client.SessionId!, "--out", path);

        Assert.Equal((1, ""), (exitCode, output));
        Assert.StartsWith("Nothing was said", errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.GetTempPath(), Path.GetFileName(path) + "*"));
    }
}
