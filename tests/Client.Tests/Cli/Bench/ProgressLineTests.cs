using TtsGrains.Cli.Bench.Results;
using TtsGrains.Testing;

namespace TtsGrains.Client.Tests.Cli.Bench;

public sealed class ProgressLineTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);
    private readonly StringWriter _output = new() { NewLine = "\n" };

    public void Dispose() => _output.Dispose();

    [Fact]
    public void Elsewhere_WritesALineForEachPhaseAndEveryFewSeconds()
    {
        using var progress = new ProgressLine(_output, isTerminal: false, _time);
        var ended = 1;

        progress.Begin("load");
        progress.Follow(() => $"{ended++} ended");
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal("load\n", _output.ToString());

        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal("load\nload: 1 ended\nload: 2 ended\n", _output.ToString());
    }

    [Fact]
    public void Elsewhere_PhaseWithoutDetails_IsNotRepeated()
    {
        using var progress = new ProgressLine(_output, isTerminal: false, _time);

        progress.Begin("start");
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("start\n", _output.ToString());
    }

    [Fact]
    public void Terminal_WritesOverOneLineAndErasesIt()
    {
        using (var progress = new ProgressLine(_output, isTerminal: true, _time))
        {
            progress.Begin("load");
            progress.Follow(() => "9");
            _time.Advance(TimeSpan.FromMilliseconds(250));
        }

        Assert.Equal("\rload\rload: 9\r       \r", _output.ToString());
    }

    [Fact]
    public void Disposed_WritesNothingMore()
    {
        var progress = new ProgressLine(_output, isTerminal: false, _time);
        progress.Begin("load");
        progress.Follow(() => "9");

        progress.Dispose();
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("load\n", _output.ToString());
    }
}
