using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace TtsGrains.Grains.Diagnostics;

/// <summary>
/// The metrics of this process as Prometheus reads them (text format 0.0.4). Of a histogram it tells sum and count; whoever wants buckets takes the
/// metrics by OpenTelemetry, from the same meters.
/// </summary>
public sealed class MetricsPage : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly ConcurrentDictionary<(Instrument Instrument, string Labels), Reading> _readings = new();
    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();

    /// <param name="meters">The names of the meters to show.</param>
    public MetricsPage(params string[] meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (meters.Contains(instrument.Meter.Name, StringComparer.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>The page as of now.</summary>
    public string Render()
    {
        lock (_gate)
        {
            // What is not observed any more is not there any more.
            foreach (var old in _readings.Keys.Where(key => key.Instrument.IsObservable))
            {
                _readings.TryRemove(old, out _);
            }

            _listener.RecordObservableInstruments();
        }

        var page = new StringBuilder();
        foreach (var readings in _readings.GroupBy(reading => NameOf(reading.Key.Instrument)).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var instrument = readings.First().Key.Instrument;
            page.Append(CultureInfo.InvariantCulture, $"# HELP {readings.Key} {instrument.Description?.ReplaceLineEndings(" ")}\n");
            page.Append(CultureInfo.InvariantCulture, $"# TYPE {readings.Key} {KindOf(instrument)}\n");
            foreach (var ((_, labels), reading) in readings.OrderBy(reading => reading.Key.Labels, StringComparer.Ordinal))
            {
                var (sum, count) = reading.Read();
                if (IsHistogram(instrument))
                {
                    page.Append(CultureInfo.InvariantCulture, $"{readings.Key}_sum{labels} {sum}\n{readings.Key}_count{labels} {count}\n");
                }
                else
                {
                    page.Append(CultureInfo.InvariantCulture, $"{readings.Key}{labels} {sum}\n");
                }
            }
        }

        return page.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var reading = _readings.GetOrAdd((instrument, LabelsOf(tags)), _ => new Reading());
        if (instrument.IsObservable || TypeOf(instrument) == typeof(Gauge<>))
        {
            reading.Set(value);
        }
        else
        {
            reading.Add(value);
        }
    }

    private static string NameOf(Instrument instrument)
    {
        var name = string.Concat(instrument.Name.Select(c => char.IsAsciiLetterOrDigit(c) || c == '_' ? c : '_'));
        return KindOf(instrument) == "counter" ? name + "_total" : name;
    }

    private static string KindOf(Instrument instrument)
        => IsHistogram(instrument) ? "summary"
            : TypeOf(instrument) == typeof(Counter<>) || TypeOf(instrument) == typeof(ObservableCounter<>) ? "counter"
            : "gauge";

    private static bool IsHistogram(Instrument instrument) => TypeOf(instrument) == typeof(Histogram<>);

    private static Type? TypeOf(Instrument instrument) => instrument.GetType() is { IsGenericType: true } type ? type.GetGenericTypeDefinition() : null;

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        var labels = new StringBuilder("{");
        foreach (var (key, value) in tags)
        {
            var name = string.Concat(key.Select(c => char.IsAsciiLetterOrDigit(c) || c == '_' ? c : '_'));
            var text = Convert.ToString(value, CultureInfo.InvariantCulture)?
                .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            labels.Append(labels.Length > 1 ? "," : "").Append(CultureInfo.InvariantCulture, $"{name}=\"{text}\"");
        }

        return labels.Append('}').ToString();
    }

    private sealed class Reading
    {
        private readonly Lock _gate = new();
        private double _sum;
        private long _count;

        public void Add(double value)
        {
            lock (_gate)
            {
                _sum += value;
                _count++;
            }
        }

        public void Set(double value)
        {
            lock (_gate)
            {
                _sum = value;
            }
        }

        public (double Sum, long Count) Read()
        {
            lock (_gate)
            {
                return (_sum, _count);
            }
        }
    }
}
