using System.Collections.Concurrent;

namespace TtsGrains.ApiHost.Contexts;

/// <summary>
/// Finds out which contexts of other processes are gone: asks after those that nothing was heard of for a while. That costs a small call each, so
/// when very many are silent they take turns; once one is found gone, all are asked at once, because a silo does not lose one alone.
/// </summary>
internal sealed class ContextWatch(TimeProvider time) : BackgroundService
{
    private const int MostChecksPerRound = 100;

    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongSilence = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<RemoteContextHandle, byte> _watched = new();
    private volatile bool _isAlarmed;

    public void Add(RemoteContextHandle context) => _watched.TryAdd(context, 0);

    public void Remove(RemoteContextHandle context) => _watched.TryRemove(context, out _);

    /// <summary>A context is gone: others may be too.</summary>
    public void Alarm() => _isAlarmed = true;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Round, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var isAlarmed = _isAlarmed;
            _isAlarmed = false;
            var due = _watched.Keys.Where(context => isAlarmed || context.Silence > LongSilence);
            foreach (var context in isAlarmed ? due : due.Take(MostChecksPerRound))
            {
                _ = context.CheckAsync();
            }
        }
    }
}
