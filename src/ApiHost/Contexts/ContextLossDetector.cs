using System.Collections.Concurrent;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.ApiHost.Contexts;

/// <summary>
/// Finds out which contexts of other processes are gone: asks after those that nothing was heard of for a while. That costs a small call each, so
/// when very many are silent they take turns; once one is found gone, all are asked at once, because a silo does not lose one alone.
/// </summary>
internal sealed class ContextLossDetector(IGrainFactory grains, TimeProvider time) : BackgroundService
{
    private const int MostChecksPerRound = 100;

    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(250);

    // A call to an owner that is no more is an error to Orleans; one may still be on its way.
    private static readonly TimeSpan LateCalls = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<RemoteContextHandle, byte> _watched = new();
    private readonly ConcurrentQueue<RetiredOwner> _retired = new();
    private volatile bool _isAlarmed;

    public void Add(RemoteContextHandle context) => _watched.TryAdd(context, 0);

    public void Remove(RemoteContextHandle context) => _watched.TryRemove(context, out _);

    /// <summary>Ends the reference to an owner that gets nothing more.</summary>
    /// <param name="reference">The reference.</param>
    /// <param name="owner">The owner, which nothing else may keep alive.</param>
    public void Retire(IContextOwner reference, LogReplica owner) => _retired.Enqueue(new RetiredOwner(reference, owner, time.GetTimestamp()));

    /// <summary>A context is gone: others may be too.</summary>
    public void Alarm() => _isAlarmed = true;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Round, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var isAlarmed = _isAlarmed;
            _isAlarmed = false;
            var due = _watched.Keys.Where(context => isAlarmed || context.IsCheckDue);
            foreach (var context in isAlarmed ? due : due.Take(MostChecksPerRound))
            {
                _ = context.CheckAsync();
            }

            EndRetired();
        }
    }

    private void EndRetired()
    {
        while (_retired.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At) > LateCalls && _retired.TryDequeue(out oldest))
        {
            grains.DeleteObjectReference<IContextOwner>(oldest.Reference);
        }
    }

    private sealed record RetiredOwner(IContextOwner Reference, LogReplica Owner, long At);
}
