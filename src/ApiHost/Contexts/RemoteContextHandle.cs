using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.ApiHost.Contexts;

/// <summary>
/// A context that may live in another process. Everything that was pushed and every frame that came are kept while it is open: when its silo is gone, it
/// is opened again elsewhere and speaks on from the last frame that is here.
/// </summary>
internal sealed class RemoteContextHandle : IContextHandle
{
    private static readonly TimeSpan AttachTimeout = TimeSpan.FromSeconds(5);

    private readonly ContextKey _key;
    private readonly IContextGrain _grain;
    private readonly RemoteContextServices _services;
    private readonly LogReplica _log;
    private readonly RestorableContext _context;
    private readonly RecoveringCalls _calls;
    private readonly SilenceCheck _check;
    private ContextOwner? _owner;
    private ContextLog? _local;
    private int _isReleased;

    public RemoteContextHandle(ContextKey key, RemoteContextServices services)
    {
        (_key, _services) = (key, services);
        _grain = services.Grains.GetGrain<IContextGrain>(key.ToString());
        _log = new LogReplica(OnFrames, TryMove, Release);
        _context = new RestorableContext(key, _grain, _log, services.Time);
        _check = new SilenceCheck(_grain, _log, () => IsReleased, services.Time);
        _calls = new RecoveringCalls(
            key, patience => _context.TryRestoreAsync(Owner, patience), () => IsReleased, _check.Heard, _log, services.Time, services.Logger);
    }

    public IContextFrames Frames => (IContextFrames?)_local ?? _log;

    /// <inheritdoc cref="SilenceCheck.IsDue"/>
    public bool IsCheckDue => _check.IsDue;

    // A reference that frames are sent to: it is made for the first call.
    private ContextOwner Owner => _owner ??= new ContextOwner(_services.Logs.Process, _services.Grains.CreateObjectReference<IContextOwner>(_log));

    private bool IsReleased => Volatile.Read(ref _isReleased) == 1;

    public async Task<ContextFault?> OpenAsync(ContextSettings settings, ContextInput first, Task<SessionPlace>? place = null)
    {
        settings = _context.Open(settings, first);
        _check.IsOpening = true;
        _check.Heard();
        _services.Losses.Add(this);
        var fault = await _calls.CallAsync(() => _grain.OpenAsync(settings, first, Owner));
        _check.IsOpening = false;
        if (fault is not null)
        {
            _services.Losses.Remove(this);
        }
        else
        {
            FindLocal();
        }

        return fault;
    }

    public async Task<AttachResult?> AttachAsync(int? from)
    {
        var attached = await _grain.AttachAsync(from, Owner);
        if (attached is null || attached.From > attached.Count)
        {
            Release();
            return attached;
        }

        _context.Attach(attached);
        FindLocal();
        if (_local is null)
        {
            _check.Heard();
            _services.Losses.Add(this);
            await _log.WhenHasAsync(attached.From).WaitAsync(AttachTimeout, _services.Time);
        }

        return attached;
    }

    public Task<ContextFault?> PushAsync(ContextInput input)
    {
        var number = _context.Add(input);
        return _calls.CallAsync(async () =>
        {
            var fault = await _grain.PushAsync(input, _context.Epoch, number);
            return fault?.StatusCode == StatusCodes.Status404NotFound && !_log.IsClosed ? throw new ContextGoneException() : fault;
        });
    }

    public async Task CancelAsync(int delivered, double? playedMs = null)
    {
        await _calls.CallTwiceAsync(() => _grain.CancelAsync(delivered, playedMs));
        Release();
    }

    public Task FailAsync(ContextFault fault) => _calls.CallTwiceAsync(() => _grain.FailAsync(fault));

    public async Task LeaveAsync()
    {
        try
        {
            // One that is being lost at this moment is first brought to where it can wait for its client.
            await _calls.CallUntilDoneAsync(() => _grain.OnOwnerLostAsync(_context.Epoch, _local is null ? _log.Written : null));
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Asks the context's silo whether the context is still there.</summary>
    public async Task CheckAsync()
    {
        if (IsReleased || !_check.TryBegin())
        {
            return;
        }

        try
        {
            var isOver = _log.IsClosed && _check.IsDue;
            if (!await _check.IsThereAsync())
            {
                _services.Losses.Alarm();
                _calls.Doubt();
            }
            else if (isOver)
            {
                Release();
            }
        }
        finally
        {
            _check.End();
        }
    }

    private void OnFrames()
    {
        _check.Heard();
        if (_key.IsWarmUp && _log.IsClosed)
        {
            Release();
        }
    }

    private bool TryMove()
    {
        if (IsReleased)
        {
            return false;
        }

        _calls.Doubt();
        return true;
    }

    // The grain found its owner in its own process, and brings it nothing.
    private void FindLocal()
    {
        _local = _services.Logs.Find(_key.ToString());
        if (_local is not null)
        {
            Release();
        }
    }

    // Called when the context was refused, left, superseded, or ended long enough ago to be archived: it needs no watch, and no more frames come.
    private void Release()
    {
        if (Interlocked.Exchange(ref _isReleased, 1) == 0)
        {
            _services.Losses.Remove(this);
            _services.Losses.Retire(Owner.Reference, _log);
        }
    }
}
