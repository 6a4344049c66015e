using System.Diagnostics.Metrics;

namespace TtsGrains.Grains.Diagnostics;

/// <summary>The metrics of tenants with a limit of characters per month, or of bytes in the archive.</summary>
public sealed class TenantInstruments
{
    private readonly Gauge<long> _month;
    private readonly Counter<long> _alarms;
    private readonly Gauge<long> _archive;
    private readonly Counter<long> _archiveAlarms;

    public TenantInstruments(IMeterFactory meters)
    {
        var meter = meters.Create($"{TelemetryNames.Prefix}.Tenants");
        _month = meter.CreateGauge<long>("tts.tenants.month.characters", "{character}", "Characters this month, by tenant with MaxCharactersPerMonth.");
        _alarms = meter.CreateCounter<long>("tts.tenants.month.alarms", "{alarm}", "Alarms of characters per month, by tenant.");
        _archive = meter.CreateGauge<long>("tts.tenants.archive.size", "By", "Archived bytes, by tenant with MaxArchiveBytes.");
        _archiveAlarms = meter.CreateCounter<long>("tts.tenants.archive.alarms", "{alarm}", "Alarms of archived bytes, by tenant.");
    }

    public void MonthUsed(string tenant, long characters) => _month.Record(characters, ContextInstruments.Tag("tenant", tenant));

    public void MonthAlarm(string tenant) => _alarms.Add(1, ContextInstruments.Tag("tenant", tenant));

    public void ArchiveUsed(string tenant, long bytes) => _archive.Record(bytes, ContextInstruments.Tag("tenant", tenant));

    public void ArchiveAlarm(string tenant) => _archiveAlarms.Add(1, ContextInstruments.Tag("tenant", tenant));
}
