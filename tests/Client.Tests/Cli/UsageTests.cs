using TtsGrains.Client.Tests.Service;

namespace TtsGrains.Client.Tests.Cli;

/// <summary>A wrong command line gets one sentence for each fault and exit code 2, and reaches no service.</summary>
public sealed class UsageTests
{
    private static readonly (string, string)[] NoService = [("TTS_URL", "http://127.0.0.1:1"), ("TTS_KEY", "sk_secret")];

    [Theory]
    [InlineData("tts needs a command: say, listen, sessions, export, erase, keys, bench or cluster.")]
    [InlineData("tts has no option --bad; --help lists them.", "--bad")]
    [InlineData("tts has no command sya. Did you mean say?", "sya")]
    [InlineData("keys has no option --bad; --help lists them.", "keys", "--bad")]
    [InlineData("keys needs a command: new.", "keys")]
    [InlineData("keys has no command nwe. Did you mean new?", "keys", "nwe")]
    [InlineData("keys new has no option -x; --help lists them.", "keys", "new", "-x")]
    [InlineData("keys new takes no further argument, but is given 'x'; --help explains its arguments.", "keys", "new", "x")]
    [InlineData("--tenant is empty.", "keys", "new", "--tenant", "")]
    [InlineData("say needs an argument <text>; --help explains it.", "say")]
    [InlineData("say has no option --kye; did you mean --key?", "say", "Hello.", "--kye", "wrong")]
    [InlineData("say has no option --fast; --help lists them.", "say", "--fast", "Hello.")]
    [InlineData("say has no option -x; --help lists them.", "say", "-x", "Hello.")]
    [InlineData("The text is empty.", "say", "")]
    [InlineData("The text is empty.", "say", "Hello.", " ")]
    [InlineData("--key needs a value.", "say", "Hello.", "--key")]
    [InlineData("--out is empty.", "say", "Hello.", "--out", "")]
    [InlineData("--out is given 2 times; it takes one value.", "say", "Hello.", "--out", "a", "--out", "b")]
    [InlineData("--url must be an address such as http://127.0.0.1:8080.", "say", "Hello.", "--url", "nowhere")]
    [InlineData("--rate is '40'; it must be 8000, 16000, 22050, 24000, 44100 or 48000 Hz.", "say", "Hello.", "--rate", "40")]
    [InlineData("--rate is 'fast'; it must be 8000, 16000, 22050, 24000, 44100 or 48000 Hz.", "say", "Hello.", "--rate", "fast")]
    [InlineData("--encoding is 'mp3'; it must be pcm_f32le, pcm_s16le, pcm_mulaw or pcm_alaw.", "say", "Hello.", "--encoding", "mp3")]
    [InlineData("--encoding and --rate are given together or not at all.", "listen", "s", "--rate", "8000")]
    [InlineData("listen needs an argument <session>; --help explains it.", "listen")]
    [InlineData("listen takes no further argument, but is given 't'; --help explains its arguments.", "listen", "s", "t")]
    [InlineData("The session is empty.", "listen", "")]
    [InlineData("--day must be a date such as 2026-11-20.", "sessions", "--day", "yesterday")]
    [InlineData("--state is 'closed'; it must be open or finished.", "sessions", "--state", "closed")]
    [InlineData("--min-characters is 'few'; it must be a whole number of at least 0.", "sessions", "--min-characters", "few")]
    [InlineData("export needs the option --out.", "export", "s")]
    [InlineData("The session is empty.", "erase", "")]
    [InlineData("erase has no option --bad; --help lists them.", "erase", "s", "--bad")]
    [InlineData("bench has no option --bad; --help lists them.", "bench", "--bad")]
    [InlineData("--contexts is '0'; it must be whole numbers from 1 to 5000, separated by commas.", "bench", "--service", "s", "--contexts", "0")]
    [InlineData("--seconds is '1'; it must be a whole number from 4 to 600.", "bench", "--service", "s", "--seconds", "1")]
    [InlineData("cluster has no option --bni; --help lists them.", "cluster", "--bni")]
    [InlineData("--silos is '0'; it must be a whole number from 1 to 20.", "cluster", "--bin", "b", "--azurite", "a", "--silos", "0")]
    public async Task Command_OneFault_IsOneSentenceAndExitCode2(string expected, params string[] arguments)
        => Assert.Equal((2, "", $"{expected}\n"), await RealService.RunAsync(NoService, arguments));

    [Fact]
    public async Task Command_SeveralFaults_NamesEach()
        => Assert.Equal(
            (2, "", "export needs the option --out.\n--key needs a value.\nexport needs an argument <session>; --help explains it.\n"),
            await RealService.RunAsync(NoService, "export", "--key"));

    [Theory]
    [InlineData("-5 degrees")]
    [InlineData("-well, then")]
    [InlineData("--", "--kye")]
    public async Task Say_TextThatBeginsWithADash_IsNoOption(params string[] texts)
    {
        var (exitCode, _, errors) = await RealService.RunAsync(NoService, ["say", .. texts]);

        Assert.Equal(3, exitCode);
        Assert.StartsWith("Not connected: ", errors, StringComparison.Ordinal);
    }
}
