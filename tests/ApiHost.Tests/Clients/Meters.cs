using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Clients;

/// <summary>Adds up what the counters of one service say from now on.</summary>
public sealed class Meters : IDisposable
{
    private readonly ConcurrentDictionary<string, long> _sums = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    public Meters(RunningService service)
    {
        var factory = service.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, factory) && instrument.Meter.Name.StartsWith(TelemetryNames.Prefix, StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Add(instrument.Name, value));
        _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Add(instrument.Name, value));
        _listener.Start();
    }

    /// <summary>Notes every measurement.</summary>
    public Changes Changes { get; } = new();

    /// <summary>What was measured at all.</summary>
    public ICollection<string> Names => _sums.Keys;

    /// <summary>The sum of one counter.</summary>
    public long this[string name] => _sums.GetValueOrDefault(name);

    public void Dispose() => _listener.Dispose();

    private void Add(string name, long value)
    {
        _sums.AddOrUpdate(name, value, (_, sum) => sum + value);
        Changes.Note();
    }
}
