using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using TtsGrains.Grains.Interfaces.Tenants;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Tenants;

/// <summary>
/// Counts the characters of tenants with <see cref="TenantOptions.MaxCharactersPerMonth"/>. Decides in this process; what it counted goes to the tenant's grain
/// once a second, and the answer has what the other hosts counted.
/// </summary>
internal sealed partial class MonthlyCharacters(IOptionsMonitor<TenantOptions> tenants, IGrainFactory grains, TimeProvider time, ILogger<MonthlyCharacters> logger)
    : BackgroundService
{
    private const int IdleRounds = 10;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, MonthCount> _counts = new(StringComparer.Ordinal);
    private readonly Guid _host = Guid.NewGuid();

    private DateOnly Month => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime) is var day ? day.AddDays(1 - day.Day) : default;

    /// <summary>Gets when the month is over.</summary>
    public DateTimeOffset ResetsAt => new(Month.AddMonths(1), TimeOnly.MinValue, TimeSpan.Zero);

    /// <summary>Counts characters that are to be spoken.</summary>
    /// <returns>Null, or the error if there were too many.</returns>
    public ProtocolError? Count(string tenant, int characters)
        => tenants.Get(tenant).MaxCharactersPerMonth is not { } limit || CountOf(tenant).TryCount(Month, characters, limit)
            ? null
            : ErrorCatalogue.QuotaExceeded(limit, ResetsAt, ResetsAt - time.GetUtcNow());

    /// <summary>Completes when it is known what the tenant has used; at once if it was asked before, or has no limit.</summary>
    public ValueTask PrepareAsync(string tenant)
        => tenants.Get(tenant).MaxCharactersPerMonth is null || CountOf(tenant).IsLoaded ? ValueTask.CompletedTask : new(ReportAsync(tenant, CountOf(tenant)));

    /// <summary>Gets the characters of a tenant's month; null if it has no limit.</summary>
    public async Task<long?> FindAsync(string tenant)
    {
        if (tenants.Get(tenant).MaxCharactersPerMonth is null)
        {
            return null;
        }

        await ReportAsync(tenant, CountOf(tenant));
        return CountOf(tenant).Of(Month);
    }

    /// <summary>Describes a tenant's month; null if it has no limit.</summary>
    public async Task<TenantMonthDocument?> DescribeAsync(string tenant)
    {
        var options = tenants.Get(tenant);
        return await FindAsync(tenant) is { } characters
            ? new TenantMonthDocument(characters, characters * 100m >= options.MaxCharactersPerMonth * (decimal)options.CharactersPerMonthAlarmPercent, ResetsAt)
            : null;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var rounds = 0;
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // What the others count is asked for less often while nothing is counted here.
            await ReportAllAsync(isEach: ++rounds % IdleRounds == 0);
        }
    }

    /// <summary>Reports the rest.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await ReportAllAsync(isEach: false);
    }

    private MonthCount CountOf(string tenant) => _counts.GetOrAdd(tenant, _ => new MonthCount(_host));

    private Task ReportAllAsync(bool isEach)
        => Task.WhenAll(_counts.Where(tenant => isEach || tenant.Value.HasNews).Select(tenant => ReportAsync(tenant.Key, tenant.Value)));

    // A tenant is not held up by a count that cannot be had: what is counted meanwhile is reported later.
    private async Task ReportAsync(string tenant, MonthCount count)
    {
        await count.Reporting.WaitAsync();
        try
        {
            count.OnReported(await grains.GetGrain<ITenantMonthGrain>(tenant).AddAsync(count.Take(Month)).WaitAsync(AnswerTimeout, time));
        }
        catch (Exception e)
        {
            LogNotReported(logger, tenant, e.Message);
        }
        finally
        {
            count.Reporting.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The characters of tenant {Tenant} could not be reported: {Reason}")]
    private static partial void LogNotReported(ILogger logger, string tenant, string reason);
}
