using System.Text.Json;
using TtsGrains.Client.Tests.Service;
using TtsGrains.Testing;

namespace TtsGrains.Client.Tests.Cli.Bench;

/// <summary>Each scenario once, with tiny numbers, on real processes.</summary>
public sealed class BenchRunTests(RealService service)
{
    [Theory]
    [InlineData(3, "--contexts", "4", "--seconds", "1", "--rounds", "1", "--warm-ups", "1", "--cancel-share", "50", "--sockets", "2")]
    [InlineData(3, "--contexts", "2", "--seconds", "1", "--rounds", "1", "--warm-ups", "0", "--encoding", "pcm_f32le", "--rate", "44100")]
    [InlineData(3, "--scenario", "burst", "--contexts", "20", "--seconds", "1", "--rounds", "1", "--warm-ups", "0")]
    [InlineData(3, "--contexts", "2", "--listeners", "1,3", "--seconds", "1", "--rounds", "1", "--warm-ups", "0")]
    [InlineData(1, "--scenario", "long-session", "--contexts", "120")]
    [InlineData(2, "--scenario", "idle", "--sockets", "5", "--warm-ups", "0")]
    [InlineData(2, "--scenario", "refused", "--contexts", "2", "--seconds", "1", "--rounds", "1", "--warm-ups", "0")]
    [InlineData(2, "--scenario", "noisy", "--contexts", "2", "--seconds", "1", "--rounds", "1", "--warm-ups", "0")]
    public async Task Scenario_OnAServiceThatIsStarted_HasALineForEachRow(int rows, params string[] arguments)
    {
        var (exitCode, output, errors) = await BenchAsync([.. arguments, "--json"]);

        Assert.True(exitCode == 0, errors);
        var lines = output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(rows, lines.Count);
        Assert.All(lines, line => Assert.Equal(0, line.GetProperty("violations").GetInt32()));
    }

    [Fact]
    public async Task Steady_OnARunningService_MeasuresItsVoice()
    {
        var (exitCode, output, errors) = await BenchAsync("--url", service.Url.ToString(), "--contexts", "2", "--seconds", "1", "--rounds", "1");

        Assert.True(exitCode == 0, errors);
        Assert.StartsWith("| contexts | through | first audio, ms p50 / p90 / p99 / p99.9 / max |", output, StringComparison.Ordinal);
        Assert.Contains("| 2 | service | ", output, StringComparison.Ordinal);
        Assert.Contains("round 1 of 1, 2 contexts through service", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LongSession_OnARunningService_KnowsNoMemory()
    {
        var (exitCode, output, errors) = await BenchAsync("--url", service.Url.ToString(), "--scenario", "long-session", "--contexts", "3", "--json");

        Assert.True(exitCode == 0, errors);
        using var line = JsonDocument.Parse(output);
        Assert.Equal((3, JsonValueKind.Null), (line.RootElement.GetProperty("contexts").GetInt32(), line.RootElement.GetProperty("private_bytes_per_context").ValueKind));
    }

    [Fact]
    public async Task Steady_AChunkIsLost_FailsAndNamesIt()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(TestContext.Current.CancellationToken);
        upstream.When("Speak chunks: 1.", (context, _) => SpeakAsync(context, 0));
        upstream.When("Speak chunks: 10.", (context, _) => SpeakAsync(context, 0, 2));

        var (exitCode, output, errors) = await BenchAsync("--url", upstream.Url.ToString(), "--contexts", "1", "--seconds", "1", "--rounds", "1", "--json");

        Assert.Equal(1, exitCode);
        Assert.EndsWith("service: context 0: chunk 1 is missing: chunk 2 came in its place\nverification failed\n", errors, StringComparison.Ordinal);
        using var line = JsonDocument.Parse(output);
        Assert.Equal(1, line.RootElement.GetProperty("violations").GetInt32());
    }

    [Fact]
    public async Task Steady_TheKeyIsRefused_SaysSo()
    {
        var (exitCode, _, errors) = await BenchAsync("--url", service.Url.ToString(), "--key", "wrong", "--contexts", "1");

        Assert.Equal(1, exitCode);
        Assert.EndsWith("the benchmark has no result: service answered a WebSocket request with 401. --key or TTS_KEY says which key to use.\n", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Steady_TheServiceIsAway_IsUnreachable()
    {
        var (exitCode, _, errors) = await BenchAsync("--url", "http://127.0.0.1:1", "--contexts", "1");

        Assert.Equal(3, exitCode);
        Assert.Contains("Not connected: Connection refused", errors, StringComparison.Ordinal);
    }

    private static Task SpeakAsync(ScriptedContext context, params int[] numbers)
    {
        foreach (var number in numbers)
        {
            var audio = new byte[800];
            "TB"u8.CopyTo(audio);
            BitConverter.TryWriteBytes(audio.AsSpan(2), number);
            context.Chunk(audio);
        }

        context.Done();
        return Task.CompletedTask;
    }

    private static Task<(int ExitCode, string Output, string Errors)> BenchAsync(params IEnumerable<string> arguments)
        => RealService.RunAsync([], ["bench", "--service", RealService.PathOf("ApiHost"), .. arguments]);
}
