using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace Orleans.Runtime;

/// <summary>One grain in memory: constructed, active, drained, gone.</summary>
internal sealed class Activation(Silo silo, GrainKey key) : RequestTarget(silo, TargetState.Activating), IGrainContext
{
    private readonly AsyncServiceScope _services = silo.Services.CreateAsyncScope();
    private readonly TaskCompletionSource _deactivated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DeactivationReason? _reason;
    private bool _ending;
    private long _keepUntil;
    private ITimer? _drainTimeout;

    /// <summary>The activation whose turn this is, if any.</summary>
    public static Activation? Current => (TaskScheduler.Current as TurnScheduler)?.Owner as Activation;

    public GrainKey Key => key;

    public GrainTimers Timers { get; } = new();

    public StreamConsumers Streams { get; } = new();

    public object? GrainInstance { get; private set; }

    public override object Instance => GrainInstance!;

    public IServiceProvider ActivationServices => _services.ServiceProvider;

    public Task Deactivated => _deactivated.Task;

    protected override bool IsReentrant => key.Class.IsReentrant;

    public void Start() => RunAsTurns(ActivateAsync);

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        lock (Gate)
        {
            if (_reason is not null || State == TargetState.Gone)
            {
                return;
            }

            _reason = deactivationReason;
            if (State == TargetState.Active)
            {
                BeginEnd();
            }
        }
    }

    public void DelayDeactivation(TimeSpan delay)
    {
        lock (Gate)
        {
            _keepUntil = delay == Timeout.InfiniteTimeSpan ? long.MaxValue
                : delay <= TimeSpan.Zero ? 0
                : Silo.Time.GetTimestamp() + (long)(delay.TotalSeconds * Silo.Time.TimestampFrequency);
        }
    }

    public void DeactivateIfIdle(TimeSpan defaultAge)
    {
        var limit = key.Class.AgeLimit ?? defaultAge;
        lock (Gate)
        {
            var now = Silo.Time.GetTimestamp();
            if (State != TargetState.Active || !IsIdle || limit == Timeout.InfiniteTimeSpan || now < _keepUntil
                || Silo.Time.GetElapsedTime(LastUsed, now) < limit)
            {
                return;
            }
        }

        Deactivate(new DeactivationReason(DeactivationReasonCode.ActivationIdle, $"It was idle for {limit}."));
    }

    public override void OnFailed(Exception exception)
    {
        // Somebody else wrote this grain's state, so what is in memory is stale.
        if (exception is InconsistentStateException)
        {
            Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, exception, "The stored state had changed."));
        }
    }

    protected override void OnDrained()
    {
        if (!_ending && State == TargetState.Deactivating)
        {
            _ending = true;
            RunAsTurns(EndAsync);
        }
    }

    private async Task ActivateAsync()
    {
        using var timeout = new CancellationTokenSource(Silo.Collection.ActivationTimeout, Silo.Time);
        try
        {
            GrainInstance = await key.Class.CreateAsync(key, ActivationServices, timeout.Token);
            if (GrainInstance is IGrainBase grain)
            {
                await grain.OnActivateAsync(timeout.Token).WaitAsync(timeout.Token);
            }
        }
        catch (Exception exception)
        {
            Silo.Log.ActivationFailed(exception, key);
            Timers.DisposeAll();
            Silo.Catalog.Remove(this);
            foreach (var request in Close())
            {
                request.Fail(exception);
            }

            await DisposeAsync();
            return;
        }

        lock (Gate)
        {
            State = TargetState.Active;
            LastUsed = Silo.Time.GetTimestamp();
            if (_reason is not null)
            {
                BeginEnd();
            }
            else
            {
                AdmitWaiting();
            }
        }
    }

    /// <summary>From here on nothing starts. Under the gate.</summary>
    private void BeginEnd()
    {
        State = TargetState.Deactivating;
        if (IsDrained)
        {
            OnDrained();
        }
        else
        {
            _drainTimeout = Silo.Time.CreateTimer(_ => OnDrainTimeout(), null, Silo.Collection.DeactivationTimeout, Timeout.InfiniteTimeSpan);
        }
    }

    private void OnDrainTimeout()
    {
        lock (Gate)
        {
            OnDrained();
        }
    }

    private async Task EndAsync()
    {
        _drainTimeout?.Dispose();
        Timers.DisposeAll();
        using var timeout = new CancellationTokenSource(Silo.Collection.DeactivationTimeout, Silo.Time);
        try
        {
            if (GrainInstance is IGrainBase grain)
            {
                await grain.OnDeactivateAsync(_reason!.Value, timeout.Token).WaitAsync(timeout.Token);
            }
        }
        catch (Exception exception)
        {
            Silo.Log.DeactivationFailed(exception, key);
        }

        // Out of the directory first: a caller that is turned away here must find a new activation there.
        Silo.Catalog.Remove(this);
        foreach (var request in Close())
        {
            if (request.IsMovable)
            {
                Silo.Catalog.Send(key, request);
            }
        }

        await DisposeAsync();
    }

    private async Task DisposeAsync()
    {
        try
        {
            switch (GrainInstance)
            {
                case IAsyncDisposable asynchronous:
                    await asynchronous.DisposeAsync();
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }

            await _services.DisposeAsync();
        }
        catch (Exception exception)
        {
            Silo.Log.DeactivationFailed(exception, key);
        }

        _deactivated.TrySetResult();
    }

    private void RunAsTurns(Func<Task> work)
        => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, Scheduler);
}
