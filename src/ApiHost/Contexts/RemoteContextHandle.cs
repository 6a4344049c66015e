using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using TtsGrains.Grains.Contexts;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.ApiHost.Contexts;

/// <summary>
/// A context that may live in another process. Everything that was pushed and every frame that came are kept while it is open: when its silo is gone, it
/// is opened again elsewhere and speaks on from the last frame that is here; see the other part of this class.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The semaphore has no handle to free, and a call that is under way ends after its caller.")]
internal sealed partial class RemoteContextHandle : IContextHandle
{
    private static readonly TimeSpan AttachTimeout = TimeSpan.FromSeconds(5);

    private readonly ContextKey _key;
    private readonly IContextGrain _grain;
    private readonly ContextLogs _logs;
    private readonly IGrainFactory _grains;
    private readonly ContextLossDetector _watch;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly LogReplica _log;
    private ContextOwner? _owner;
    private ContextSettings? _settings;
    private ImmutableArray<ContextInput> _inputs = [];
    private DateTimeOffset _openedAt;
    private ContextLog? _local;
    private int _epoch;
    private int _isReleased;

    public RemoteContextHandle(
        ContextKey key, IContextGrain grain, ContextLogs logs, IGrainFactory grains, ContextLossDetector watch, TimeProvider time, ILogger logger)
    {
        (_key, _grain, _logs, _grains, _watch, _time, _logger) = (key, grain, logs, grains, watch, time, logger);
        _log = new LogReplica(OnFrames, TryMove, Release);
    }

    public IContextFrames Frames => (IContextFrames?)_local ?? _log;

    private bool IsReleased => Volatile.Read(ref _isReleased) == 1;

    public async Task<ContextFault?> OpenAsync(ContextSettings settings, ContextInput first, PlaceClaim? claim = null)
    {
        _owner ??= new ContextOwner(_logs.Process, _grains.CreateObjectReference<IContextOwner>(_log));
        _openedAt = _time.GetUtcNow();
        settings = settings with { OpenedAt = _openedAt };
        (_settings, _inputs, _epoch) = (settings, [first], 0);
        _log.Begin(settings, epoch: 0);
        _isOpening = true;
        Heard();
        _watch.Add(this);
        var fault = await CallAsync(() => _grain.OpenAsync(settings, first, _owner));
        _isOpening = false;
        if (fault is not null)
        {
            _watch.Remove(this);
        }
        else
        {
            FindLocal();
        }

        return fault;
    }

    public async Task<AttachResult?> AttachAsync(int? from)
    {
        _owner ??= new ContextOwner(_logs.Process, _grains.CreateObjectReference<IContextOwner>(_log));
        var attached = await _grain.AttachAsync(from, _owner);
        if (attached is null || attached.From > attached.Count)
        {
            Release();
            return attached;
        }

        (_settings, _inputs, _epoch, _openedAt) = (attached.Settings, attached.Inputs, attached.Epoch, attached.OpenedAt);
        _log.Begin(attached.Settings, attached.Epoch);
        FindLocal();
        if (_local is null)
        {
            Heard();
            _watch.Add(this);
            await _log.WhenHasAsync(attached.From).WaitAsync(AttachTimeout, _time);
        }

        return attached;
    }

    public Task<ContextFault?> PushAsync(ContextInput input)
    {
        var number = _inputs.Length;
        _inputs = _inputs.Add(input);
        return CallAsync(async () =>
        {
            var fault = await _grain.PushAsync(input, _epoch, number);
            return fault?.StatusCode == StatusCodes.Status404NotFound && !_log.IsClosed ? throw new ContextGoneException() : fault;
        });
    }

    public async Task CancelAsync(int delivered, double? playedMs = null)
    {
        await CallTwiceAsync(() => _grain.CancelAsync(delivered, playedMs));
        Release();
    }

    public Task FailAsync(ContextFault fault) => CallTwiceAsync(() => _grain.FailAsync(fault));

    public async Task LeaveAsync()
    {
        await _gate.WaitAsync();
        try
        {
            // One that is being lost at this moment is first brought to where it can wait for its client.
            while ((await TryAsync(TellAsync()) is not { } told || !await told) && !IsReleased)
            {
                await RecoverAsync();
            }
        }
        finally
        {
            _gate.Release();
            Release();
        }

        Task<bool> TellAsync() => _grain.OnOwnerLostAsync(_epoch, _local is null ? _log.Written : null);
    }

    // The grain found its owner in its own process, and brings it nothing.
    private void FindLocal()
    {
        _local = _logs.Find(_key.ToString());
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
            _watch.Remove(this);
            _watch.Retire(_owner!.Reference, _log);
        }
    }
}
