namespace TtsGrains.Testing;

/// <summary>
/// A clock that moves when it is told to. Timers fire within <see cref="Advance"/>, in the order in which they are due.
/// Its timestamps do not count ticks, so that code which confuses the two shows.
/// </summary>
public sealed class FakeTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<FakeTimer> _timers = [];
    private readonly List<(Func<TimeSpan, bool> Wanted, TaskCompletionSource Seen)> _watchers = [];
    private readonly DateTimeOffset _start;
    private DateTimeOffset _now;
    private (int Thread, DateTimeOffset Target)? _advance;

    public FakeTimeProvider(DateTimeOffset start)
    {
        _start = start;
        _now = start;
    }

    public override long TimestampFrequency => 10_000_019;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return Now;
        }
    }

    public override long GetTimestamp() => (long)((GetUtcNow() - _start).TotalSeconds * TimestampFrequency);

    /// <summary>Moves the clock on and fires what becomes due on the way.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        DateTimeOffset target;
        lock (_gate)
        {
            target = Now + by;
            _advance ??= (Environment.CurrentManagedThreadId, target);
        }

        while (TakeNextDue(target) is { } timer)
        {
            timer.Fire();
        }

        lock (_gate)
        {
            _now = target > _now ? target : _now;
            if (_advance is { } advance && advance.Thread == Environment.CurrentManagedThreadId && advance.Target == target)
            {
                _advance = null;
            }
        }
    }

    // For another thread the clock has arrived: what it does when its timer has fired does not depend on how far this one has come.
    private DateTimeOffset Now => _advance is { } advance && advance.Thread != Environment.CurrentManagedThreadId ? advance.Target : _now;

    /// <summary>Completes when a timer is running that is due in a time that <paramref name="wanted"/> takes; at once when there is one.</summary>
    public Task WhenTimerAsync(Func<TimeSpan, bool> wanted, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_timers.Any(t => t.DueAt is { } due && wanted(due - Now)))
            {
                return Task.CompletedTask;
            }

            var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _watchers.Add((wanted, seen));
            return seen.Task.WaitAsync(cancellationToken);
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private FakeTimer? TakeNextDue(DateTimeOffset target)
    {
        lock (_gate)
        {
            var next = _timers.Where(t => t.DueAt <= target).MinBy(t => t.DueAt);
            if (next is not null)
            {
                _now = next.DueAt > _now ? next.DueAt.Value : _now;
                next.DueAt = next.Period > TimeSpan.Zero ? _now + next.Period : null;
            }

            return next;
        }
    }

    private void Arm(FakeTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            timer.DueAt = dueTime == Timeout.InfiniteTimeSpan ? null : Now + dueTime;
            timer.Period = period;
            if (!_timers.Contains(timer))
            {
                _timers.Add(timer);
            }

            foreach (var watcher in _watchers.Where(w => timer.DueAt is not null && w.Wanted(dueTime)).ToList())
            {
                _watchers.Remove(watcher);
                watcher.Seen.SetResult();
            }
        }

        if (dueTime == TimeSpan.Zero)
        {
            Advance(TimeSpan.Zero);
        }
    }

    private void Forget(FakeTimer timer)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
        }
    }

    private sealed class FakeTimer(FakeTimeProvider owner, Action fire) : ITimer
    {
        public DateTimeOffset? DueAt { get; set; }

        public TimeSpan Period { get; set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            owner.Arm(this, dueTime, period);
            return true;
        }

        public void Dispose() => owner.Forget(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
