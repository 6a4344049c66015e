using TtsGrains.Client.Tests.Service;

namespace TtsGrains.Client.Tests.Cli;

/// <summary>A wrong command line gets one sentence for each fault and exit code 2, and reaches no service.</summary>
public sealed class UsageTests
{
    private static readonly (string, string)[] NoService = [("TTS_URL", "http://127.0.0.1:1"), ("TTS_KEY", "sk_secret")];

    [Theory]
    [InlineData("tts needs a command: say, listen, sessions, export, erase, keys, tenants, bench, cluster or drill.")]
    [InlineData("tts has no option --bad; --help lists them.", "--bad")]
    [InlineData("tts has no command sya. Did you mean say?", "sya")]
    [InlineData("keys has no option --bad; --help lists them.", "keys", "--bad")]
    [InlineData("keys needs a command: new.", "keys")]
    [InlineData("keys has no command nwe. Did you mean new?", "keys", "nwe")]
    [InlineData("keys new has no option -x; --help lists them.", "keys", "new", "-x")]
    [InlineData("keys new takes no further argument, but is given 'x'; --help explains its arguments.", "keys", "new", "x")]
    [InlineData("--tenant is empty.", "keys", "new", "--tenant", "")]
    [InlineData("tenants needs a command: list, add, keys, rotate, revoke, limits, remove, usage, audit or archive-keys.", "tenants")]
    [InlineData("tenants add needs an argument <tenant>; --help explains it.", "tenants", "add")]
    [InlineData("The tenant must be 1 to 64 letters, digits, '-' and '_', without \"__\".", "tenants", "add", "a__b")]
    [InlineData("--scopes is 'talk'; it must be some of speak, listen, archive, admin and operator, separated by commas.", "tenants", "add", "acme", "--scopes", "talk")]
    [InlineData("--expires is '2020-01-01'; it must be a time to come: a day or a time in UTC, such as 2027-01-31 or 2027-01-31T18:00:00Z, or a duration, such as 90d.", "tenants", "add", "acme", "--expires", "2020-01-01")]
    [InlineData("--name takes at most 64 letters, digits and . _ - @.", "tenants", "add", "acme", "--name", "a b")]
    [InlineData("--name, --scopes and --expires need --new.", "tenants", "keys", "acme", "--name", "a")]
    [InlineData("--key needs --url: without it, tenants list uses a tenants file.", "tenants", "list", "--key", "k")]
    [InlineData("--ca needs --url: without it, tenants keys uses a tenants file.", "tenants", "keys", "acme", "--ca", "c")]
    [InlineData("--overlap is '31d'; it must be a duration from 0s to 30d.", "tenants", "rotate", "acme", "first", "--overlap", "31d")]
    [InlineData("tenants rotate needs an argument <key>; --help explains it.", "tenants", "rotate", "acme")]
    [InlineData("--rotate and --delete exclude each other.", "tenants", "archive-keys", "--rotate", "--delete", "acme")]
    [InlineData("tenants revoke needs either a key or --all.", "tenants", "revoke", "acme")]
    [InlineData("tenants revoke needs either a key or --all.", "tenants", "revoke", "acme", "a", "--all")]
    [InlineData("--max-open-contexts is '0'; it must be 1 to 1,000,000, or default.", "tenants", "limits", "acme", "--max-open-contexts", "0")]
    [InlineData("--max-open-contexts is 'many'; it must be 1 to 1,000,000, or default.", "tenants", "limits", "acme", "--max-open-contexts", "many")]
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
    [InlineData("--with-text and --with-audio need --as-script.", "export", "s", "--out", "d", "--with-text")]
    [InlineData("--calls is '0'; it must be a whole number from 1 to 500.", "drill", "--calls", "0")]
    [InlineData("The session is empty.", "erase", "")]
    [InlineData("erase has no option --bad; --help lists them.", "erase", "s", "--bad")]
    [InlineData("bench has no option --bad; --help lists them.", "bench", "--bad")]
    [InlineData("--contexts is '0'; it must be whole numbers from 1 to 1000000, separated by commas.", "bench", "--service", "s", "--contexts", "0")]
    [InlineData("--contexts is '1,,2'; it must be whole numbers from 1 to 1000000, separated by commas.", "bench", "--service", "s", "--contexts", "1,,2")]
    [InlineData("--contexts is '1;2'; it must be whole numbers from 1 to 1000000, separated by commas.", "bench", "--service", "s", "--contexts", "1;2")]
    [InlineData("--listeners is '1,-2'; it must be whole numbers from 1 to 1000000, separated by commas.", "bench", "--service", "s", "--listeners", "1,-2")]
    [InlineData("--sockets is '0'; it must be a whole number from 1 to 20000.", "bench", "--service", "s", "--sockets", "0")]
    [InlineData("--seconds is '0'; it must be a whole number from 1 to 600.", "bench", "--service", "s", "--seconds", "0")]
    [InlineData("--rounds is '101'; it must be a whole number from 1 to 100.", "bench", "--service", "s", "--rounds", "101")]
    [InlineData("--warm-ups is '-1'; it must be a whole number from 0 to 100.", "bench", "--service", "s", "--warm-ups", "-1")]
    [InlineData("--cancel-share is '101'; it must be a whole number from 0 to 100.", "bench", "--service", "s", "--cancel-share", "101")]
    [InlineData("--cancel-share is 'half'; it must be a whole number from 0 to 100.", "bench", "--service", "s", "--cancel-share", "half")]
    [InlineData("--scenario is 'fast'; it must be steady, burst, long-session, idle, refused or noisy.", "bench", "--service", "s", "--scenario", "fast")]
    [InlineData("--encoding is 'mp3'; it must be pcm_f32le, pcm_s16le, pcm_mulaw or pcm_alaw.", "bench", "--service", "s", "--encoding", "mp3")]
    [InlineData("--rate is '40'; it must be 8000, 16000, 22050, 24000, 44100 or 48000 Hz.", "bench", "--service", "s", "--rate", "40")]
    [InlineData("--url must be an address such as http://127.0.0.1:8080.", "bench", "--service", "s", "--url", "nowhere")]
    [InlineData("--direct must be an address such as ws://127.0.0.1:9000/tts/websocket.", "bench", "--service", "s", "--url", "http://127.0.0.1:1", "--direct", "nowhere")]
    [InlineData("--key needs --url.", "bench", "--service", "s", "--key", "k")]
    [InlineData("--ca needs --url.", "bench", "--service", "s", "--ca", "c")]
    [InlineData("--direct needs --url.", "bench", "--service", "s", "--direct", "ws://127.0.0.1:1")]
    [InlineData("--url does not go with --scenario idle; it goes with steady, burst or long-session.", "bench", "--service", "s", "--scenario", "idle", "--url", "http://127.0.0.1:1")]
    [InlineData("--contexts does not go with --scenario idle; it goes with steady, burst, long-session, refused or noisy.", "bench", "--service", "s", "--scenario", "idle", "--contexts", "5")]
    [InlineData("--cancel-share does not go with --scenario noisy; it goes with steady or burst.", "bench", "--service", "s", "--scenario", "noisy", "--cancel-share", "5")]
    [InlineData("--seconds does not go with --scenario long-session; it goes with steady, burst, refused or noisy.", "bench", "--service", "s", "--scenario", "long-session", "--seconds", "5")]
    [InlineData("--listeners does not go with --scenario burst; it goes with steady.", "bench", "--service", "s", "--scenario", "burst", "--listeners", "5")]
    [InlineData("--contexts takes one number with --scenario refused.", "bench", "--service", "s", "--scenario", "refused", "--contexts", "5,6")]
    [InlineData("--contexts takes one number with --listeners.", "bench", "--service", "s", "--contexts", "5,6", "--listeners", "5")]
    [InlineData("--sockets does not go with --listeners.", "bench", "--service", "s", "--sockets", "5", "--listeners", "5")]
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
