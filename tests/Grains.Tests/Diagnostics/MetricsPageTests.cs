using System.Diagnostics.Metrics;
using TtsGrains.Grains.Diagnostics;
using Xunit;

namespace TtsGrains.Grains.Tests.Diagnostics;

public sealed class MetricsPageTests : IDisposable
{
    private readonly Meter _meter = new($"test-{Guid.NewGuid():N}");
    private readonly MetricsPage _page;

    public MetricsPageTests() => _page = new MetricsPage(_meter.Name);

    public void Dispose()
    {
        _page.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void Render_Counters_AddsUpAndLabels()
    {
        var frames = _meter.CreateCounter<long>("tts.frames", "{frame}", "Frames that\nwere sent.");
        frames.Add(2, new KeyValuePair<string, object?>("to", "a \"b\" \\"));
        frames.Add(3, new KeyValuePair<string, object?>("to", "a \"b\" \\"));
        frames.Add(1);
        var open = _meter.CreateUpDownCounter<int>("tts.open");
        open.Add(2);
        open.Add(-1);

        Assert.Equal(
            """
            # HELP tts_frames_total Frames that were sent.
            # TYPE tts_frames_total counter
            tts_frames_total 1
            tts_frames_total{to="a \"b\" \\"} 5
            # HELP tts_open 
            # TYPE tts_open gauge
            tts_open 1

            """,
            _page.Render());
    }

    [Fact]
    public void Render_Histogram_TellsSumAndCount()
    {
        var wait = _meter.CreateHistogram<double>("tts.wait", "s", "Waiting.");
        wait.Record(0.5);
        wait.Record(1.25);

        Assert.EndsWith("# TYPE tts_wait summary\ntts_wait_sum 1.75\ntts_wait_count 2\n", _page.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void Render_WhatIsObserved_IsAsOfNow()
    {
        Measurement<long>[] rooms = [new(4, new KeyValuePair<string, object?>("room", "east")), new(1, new KeyValuePair<string, object?>("room", "west"))];
        _meter.CreateObservableGauge("tts.room", () => rooms);

        Assert.EndsWith("tts_room{room=\"east\"} 4\ntts_room{room=\"west\"} 1\n", _page.Render(), StringComparison.Ordinal);
        rooms = [new(5, new KeyValuePair<string, object?>("room", "west"))];
        Assert.EndsWith("gauge\ntts_room{room=\"west\"} 5\n", _page.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void Render_AnotherMeter_IsNotShown()
    {
        using var other = new Meter($"other-{Guid.NewGuid():N}");
        other.CreateCounter<int>("secrets").Add(1);

        Assert.Equal("", _page.Render());
    }
}
