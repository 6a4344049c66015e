using TtsGrains.Archive.Audit;
using TtsGrains.Grains.Interfaces.Audit;

namespace TtsGrains.ApiHost.Audit;

/// <summary>
/// Gathers what need not be durable before its request is answered: who listened and exported, and what was refused. Each chain gets one record every few
/// seconds, with refusals one a minute, however many requests there are. While the store is away, entries wait here.
/// </summary>
internal sealed partial class AuditBuffer(AuditTrail trail, TimeProvider time, ILogger<AuditBuffer> logger) : BackgroundService
{
    /// <summary>How often entries are stored.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private const int IntervalsPerRefusals = 30;
    private const int MostEntries = 1000;
    private const int MostRefusals = 20;
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _storing = new(1);
    private readonly Dictionary<string, PendingEntries> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PendingEntries> _refusals = new(StringComparer.Ordinal);
    private bool _isFailing;

    /// <summary>Adds what was done.</summary>
    /// <param name="chain">The chain, of <see cref="AuditNames"/>.</param>
    /// <param name="entry">The entry.</param>
    public void Add(string chain, AuditEntry entry) => AddTo(_entries, chain, entry, MostEntries);

    /// <summary>Adds what was refused.</summary>
    /// <param name="chain">As of <see cref="Add"/>.</param>
    /// <param name="entry">The entry.</param>
    public void AddRefusal(string chain, AuditEntry entry) => AddTo(_refusals, chain, entry, MostRefusals);

    /// <summary>Stores all entries of a chain.</summary>
    /// <exception cref="AuditUnavailableException">The store failed; the entries wait.</exception>
    public async Task StoreAsync(string chain)
    {
        await _storing.WaitAsync();
        try
        {
            await StoreAsync(_entries, chain, MostEntries);
            await StoreAsync(_refusals, chain, MostRefusals);
        }
        finally
        {
            _storing.Release();
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await StoreAllAsync(withRefusals: true).WaitAsync(StopTimeout, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public override void Dispose()
    {
        _storing.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        for (var interval = 1; await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false); interval++)
        {
            await StoreAllAsync(withRefusals: interval % IntervalsPerRefusals == 0);
        }
    }

    private async Task StoreAllAsync(bool withRefusals)
    {
        await _storing.WaitAsync();
        try
        {
            foreach (var chain in ChainsOf(_entries))
            {
                await StoreAsync(_entries, chain, MostEntries);
            }

            foreach (var chain in withRefusals ? ChainsOf(_refusals) : [])
            {
                await StoreAsync(_refusals, chain, MostRefusals);
            }

            _isFailing = false;
        }
        catch (Exception failure)
        {
            // Once for an outage: it is tried again all the time.
            if (!_isFailing)
            {
                LogFailed(logger, failure.Message.Split('\n')[0]);
            }

            _isFailing = true;
        }
        finally
        {
            _storing.Release();
        }
    }

    private async Task StoreAsync(Dictionary<string, PendingEntries> all, string chain, int most)
    {
        AuditEntry[] entries;
        lock (_gate)
        {
            if (!all.Remove(chain, out var pending))
            {
                return;
            }

            entries = [.. pending.InOrder()];
        }

        try
        {
            await trail.RecordAsync(chain, entries);
        }
        catch
        {
            Array.ForEach(entries, entry => AddTo(all, chain, entry, most));
            throw;
        }
    }

    private string[] ChainsOf(Dictionary<string, PendingEntries> all)
    {
        lock (_gate)
        {
            return [.. all.Keys];
        }
    }

    private void AddTo(Dictionary<string, PendingEntries> all, string chain, AuditEntry entry, int most)
    {
        lock (_gate)
        {
            if (!all.TryGetValue(chain, out var pending))
            {
                all.Add(chain, pending = new PendingEntries(most));
            }

            pending.Add(entry);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Audit records cannot be stored now and wait: {Reason}")]
    private static partial void LogFailed(ILogger logger, string reason);
}
