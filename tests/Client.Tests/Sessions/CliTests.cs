using System.Text.Json;
using TtsGrains.Client.Tests.Scripted;
using TtsGrains.Client.Tests.Service;

namespace TtsGrains.Client.Tests.Sessions;

/// <summary>The commands about sessions, piped.</summary>
public sealed class CliTests
{
    [Fact]
    public async Task Listen_FromStart_PrintsALineForEachEvent()
    {
        await using var service = await ScriptedService.StartAsync(other: new ScriptedSessions(n => n == 4).ServeAsync);

        var (exitCode, output, errors) = await RealService.RunCliAsync(service.Url, "listen", "call 1", "--from", "start");

        Assert.Equal((0, ""), (exitCode, errors));
        var lines = output.TrimEnd().Split('\n');
        Assert.Equal(11, lines.Length);
        Assert.Equal(("c:0  audio, 1 bytes, segment 1", "c:10  done"), (lines[0], lines[^1]));
    }

    [Fact]
    public async Task Listen_IntoAFile_WritesAWavOfTheRightLength()
    {
        await using var service = await ScriptedService.StartAsync(other: new ScriptedSessions(_ => false).ServeAsync);
        var folder = Directory.CreateTempSubdirectory("tts-listen-");
        try
        {
            var path = Path.Combine(folder.FullName, "call.wav");

            var (exitCode, output, errors) = await RealService.RunCliAsync(service.Url, "listen", "call 1", "--out", path);

            Assert.Equal((0, $"{path}  0.00 s  64 bytes\n", ""), (exitCode, output, errors));
            var wav = await File.ReadAllBytesAsync(path, Scene.Stop);
            Assert.Equal((56, 5), (BitConverter.ToInt32(wav, 4), BitConverter.ToInt32(wav, 54)));
            Assert.Equal([1, 2, 3, 4, 5, 0], wav[58..]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Listen_ServiceGoesAway_KeepsWhatWasHeardAndComplains()
    {
        await using var service = await ScriptedService.StartAsync(other: new ScriptedSessions(_ => false).ServeAsync);
        var folder = Directory.CreateTempSubdirectory("tts-broken-");
        try
        {
            var path = Path.Combine(folder.FullName, "call.wav");

            var (exitCode, output, errors) = await RealService.RunCliAsync(service.Url, "listen", "broken", "--out", path);

            Assert.Equal((1, $"{path}  0.00 s  64 bytes\n"), (exitCode, output));
            Assert.StartsWith("Connection lost: ", errors, StringComparison.Ordinal);
            Assert.Equal([path], Directory.GetFiles(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Export_Session_WritesRecordingSegmentsAndManifest()
    {
        await using var service = await ScriptedService.StartAsync(other: new ScriptedSessions(_ => false).ServeAsync);
        var folder = Directory.CreateTempSubdirectory("tts-export-");
        try
        {
            var (exitCode, _, errors) = await RealService.RunCliAsync(service.Url, "export", "call 1", "--out", folder.FullName);

            Assert.Equal((0, ""), (exitCode, errors));
            Assert.Equal(
                ["0001-c/2.wav", "0001-c/manifest.json", "recording.wav"],
                folder.GetFiles("*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder.FullName, file.FullName)).Order(StringComparer.Ordinal));
            Assert.Equal(ScriptedSessions.Recording, await File.ReadAllBytesAsync(Path.Combine(folder.FullName, "recording.wav"), Scene.Stop));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Sessions_OfADay_PrintsALineForEach()
    {
        await using var service = await ScriptedService.StartAsync(other: new ScriptedSessions(_ => false).ServeAsync);

        var (exitCode, output, _) = await RealService.RunCliAsync(service.Url, "sessions", "--day", "2026-11-20");

        Assert.Equal(0, exitCode);
        Assert.Matches("^call 1 +2026-11-20 12:00:00 +- +- +r\ncall 2 +- +- +- +-\n$", output);
    }

    [Fact]
    public async Task Sessions_Json_PrintsAnObjectForEach()
    {
        await using var service = await ScriptedService.StartAsync(other: new ScriptedSessions(_ => false).ServeAsync);

        var (exitCode, output, errors) = await RealService.RunCliAsync(service.Url, "sessions", "--day", "2026-11-20", "--json");

        Assert.Equal((0, ""), (exitCode, errors));
        var sessions = output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(["call 1", "call 2"], sessions.Select(session => session.GetProperty("session_id").GetString()));
        Assert.Equal(5, sessions[0].GetProperty("bytes").GetInt32());
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("c:")]
    [InlineData("c:-1")]
    public async Task Listen_FromNowhere_IsAUsageError(string from)
    {
        var (exitCode, output, errors) = await RealService.RunCliAsync(new Uri("http://127.0.0.1:1"), "listen", "call 1", "--from", from);

        Assert.Equal((2, "", $"--from must be live, start or context:offset, and not {from}.\n"), (exitCode, output, errors));
    }

    [Fact]
    public async Task Help_EveryCommand_ShowsNoInnerOptionsAndNoSecrets()
    {
        foreach (var arguments in (string[][])[["--help"], ["say", "--help"], ["sessions", "--help"], ["keys", "new", "--help"], ["bench", "--help"], ["cluster", "--help"]])
        {
            var (exitCode, output, errors) = await RealService.RunAsync([("TTS_KEY", "sk_secret"), ("TTS_URL", "http://sk_secret@host")], arguments);

            Assert.Equal((0, ""), (exitCode, errors));
            Assert.Contains("Usage:", output, StringComparison.Ordinal);
            Assert.All(
                (string[])["--bin", "--azurite", "--service", "bench-relay", "bench-upstream", "sk_secret"],
                inner => Assert.DoesNotContain(inner, output, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Erase_HeldSession_TellsWhyNot()
    {
        await using var service = await ScriptedService.StartAsync(other: new ScriptedSessions(_ => false).ServeAsync);

        var (exitCode, output, errors) = await RealService.RunCliAsync(service.Url, "erase", "call 1");

        Assert.Equal((1, "", "Held: The session is under legal hold. (request r7)\n"), (exitCode, output, errors));
    }
}
