using System.Collections.Immutable;
using TtsGrains.Grains.Interfaces.Tenants;

namespace TtsGrains.Grains.Quotas;

/// <summary>The use of a month, and the last batch of each host, so that none counts twice.</summary>
[GenerateSerializer, Immutable, Alias("tts.MonthState")]
public sealed record MonthState
{
    // Processes that come and go: a batch is repeated within seconds, so old ones need not be known.
    private const int MostHosts = 64;

    /// <summary>The month and its characters.</summary>
    [Id(0)]
    public MonthUse Use { get; init; }

    /// <summary>Hosts with the number of their last batch; the one that was heard of last is last.</summary>
    [Id(1)]
    public ImmutableArray<KeyValuePair<Guid, long>> Hosts { get; init; } = [];

    /// <summary>Adds a batch. An empty one changes nothing, nor one of a month that is over, nor does one that was added before.</summary>
    public MonthState Add(in MonthBatch batch)
    {
        var (host, number) = (batch.Host, batch.Number);
        if (batch.Characters == 0 || batch.Month < Use.Month || Hosts.FirstOrDefault(known => known.Key == host).Value >= number)
        {
            return this;
        }

        var hosts = Hosts.RemoveAll(known => known.Key == host).Add(new(host, number));
        var before = batch.Month == Use.Month ? Use.Characters : 0;
        return this with
        {
            Use = new MonthUse(batch.Month, before + batch.Characters),
            Hosts = hosts.Length > MostHosts ? hosts[^MostHosts..] : hosts,
        };
    }
}
