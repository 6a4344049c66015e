namespace TtsGrains.Grains.Interfaces.Tenants;

/// <summary>The characters that one tenant pushed in the current month (key: the tenant's id). Stored before they are confirmed.</summary>
[Alias("tts.ITenantMonthGrain")]
public interface ITenantMonthGrain : IGrainWithStringKey
{
    /// <summary>Adds what one host has counted. The same batch may come again.</summary>
    /// <returns>What all hosts have counted.</returns>
    [Alias("add")]
    Task<MonthUse> AddAsync(MonthBatch batch);
}

/// <summary>What a host has counted since its last batch.</summary>
/// <param name="Host">The process.</param>
/// <param name="Number">Counts the batches of the process, from 1.</param>
/// <param name="Month">The first day of the month (UTC).</param>
/// <param name="Characters">UTF-16 units.</param>
[GenerateSerializer, Immutable, Alias("tts.MonthBatch")]
public readonly record struct MonthBatch(
    [property: Id(0)] Guid Host, [property: Id(1)] long Number, [property: Id(2)] DateOnly Month, [property: Id(3)] long Characters);

/// <summary>The use of a month.</summary>
/// <param name="Month">The first day of the month (UTC).</param>
/// <param name="Characters">UTF-16 units of all hosts.</param>
[GenerateSerializer, Immutable, Alias("tts.MonthUse")]
public readonly record struct MonthUse([property: Id(0)] DateOnly Month, [property: Id(1)] long Characters);
