using System.Diagnostics.Metrics;

namespace TtsGrains.PushStreams.Diagnostics;

/// <summary>What push streams count, in the meter <c>TtsGrains.PushStreams</c>; each by the provider's name.</summary>
internal sealed class PushStreamInstruments
{
    public const string MeterName = "TtsGrains.PushStreams";

    private const string Provider = "provider";

    private readonly Counter<long> _published;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _polls;
    private readonly Counter<long> _remote;
    private readonly Counter<long> _taken;
    private readonly Counter<long> _skipped;

    public PushStreamInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _published = meter.CreateCounter<long>("push_streams.published", "{message}", "Messages that a queue has taken");
        _refused = meter.CreateCounter<long>("push_streams.refused", "{message}", "Messages that found no room in their queue in time");
        _polls = meter.CreateCounter<long>("push_streams.polls", "{call}", "Times that agents asked for messages");
        _remote = meter.CreateCounter<long>("push_streams.remote_polls", "{call}", "Times that an agent asked a queue on another silo, or one that was not there yet");
        _taken = meter.CreateCounter<long>("push_streams.taken", "{message}", "Messages that agents got");
        _skipped = meter.CreateCounter<long>("push_streams.skipped", "{message}", "Messages that some consumer was too slow for");
    }

    public void OnPublished(string provider) => _published.Add(1, Tag(provider));

    public void OnRefused(string provider) => _refused.Add(1, Tag(provider));

    public void OnPolled(string provider) => _polls.Add(1, Tag(provider));

    public void OnAskedElsewhere(string provider) => _remote.Add(1, Tag(provider));

    public void OnTaken(string provider, int messages) => _taken.Add(messages, Tag(provider));

    public void OnSkipped(string provider, int messages) => _skipped.Add(messages, Tag(provider));

    private static KeyValuePair<string, object?> Tag(string provider) => new(Provider, provider);
}
