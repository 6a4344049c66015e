using TtsGrains.Grains.Interfaces.Connections;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Grains.Connections;

/// <summary>
/// The circuit breaker of one upstream. It opens when the upstream cannot be dialled and no socket is left, or when there is enough
/// <see cref="OutageEvidence"/>. After a while requests of a kind that worked before are tried, one at a time. Other requests may be tried too, but
/// their failure proves nothing: they can close the breaker and never open it again. Not thread-safe.
/// </summary>
/// <param name="breakAfter">How many independent failures open it.</param>
/// <param name="time">The clock.</param>
/// <param name="jitter">Gives numbers from 0 to 1.</param>
internal sealed class UpstreamBreaker(int breakAfter, TimeProvider time, Func<double> jitter)
{
    private const int MostShapes = 256;
    private const int MostFailedTexts = 1024;

    // This number of texts at once is not the reason why sockets are lost.
    private const int MostIsolated = 8;

    // A trial whose end is not reported must not keep the upstream shut.
    private static readonly TimeSpan LongestTrial = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ShapeLifetime = TimeSpan.FromDays(1);
    private static readonly TimeSpan FailedTextLifetime = TimeSpan.FromMinutes(10);

    private readonly OutageEvidence _evidence = new(breakAfter, time);
    private readonly RecentSet<ulong> _workedBefore = new(MostShapes, ShapeLifetime, time);
    private readonly RecentSet<ulong> _failedTexts = new(MostFailedTexts, FailedTextLifetime, time);
    private readonly RecentSet<ulong> _lostTexts = new(MostFailedTexts, FailedTextLifetime, time);
    private readonly RecentSet<ulong> _isolatedTexts = new(MostFailedTexts, FailedTextLifetime, time);
    private bool _isOpen;
    private bool _isOpenForDials;
    private DateTimeOffset _closedUntil;
    private DateTimeOffset _dialNotBefore;
    private Trial? _trial;
    private Trial? _doubtfulTrial;
    private int _dialFailures;
    private int _timesOpened;

    /// <summary>Gets the state.</summary>
    public BreakerState State => !_isOpen ? BreakerState.Closed : time.GetUtcNow() < _closedUntil ? BreakerState.Open : BreakerState.HalfOpen;

    /// <summary>The last dial that failed; null when the last one did not.</summary>
    public DialOutcome? LastFailure { get; private set; }

    /// <summary>True if another socket may be dialled.</summary>
    public bool MayDial => State != BreakerState.Open && time.GetUtcNow() >= _dialNotBefore;

    /// <summary>When it may be tried again; now when it may be.</summary>
    public DateTimeOffset NextTrial
    {
        get
        {
            var now = time.GetUtcNow();
            var due = State == BreakerState.Open && _closedUntil > _dialNotBefore ? _closedUntil : _dialNotBefore;
            return due > now ? due : now;
        }
    }

    /// <summary>Determines whether a request may be given to the upstream.</summary>
    public bool Admits(in RequestFingerprint request) => State switch
    {
        BreakerState.Closed => true,
        BreakerState.HalfOpen => IsFree(IsProof(request) ? _trial : _doubtfulTrial),
        _ => false,
    };

    /// <summary>
    /// True if a request must have a socket for itself: its text has lost two of them in a row, and may have been the reason, so that other contexts
    /// must not be on the next.
    /// </summary>
    public bool Isolates(in RequestFingerprint request) => _isolatedTexts.Contains(request.Text) && _isolatedTexts.Count <= MostIsolated;

    /// <summary>A request is given to the upstream.</summary>
    public void OnAdmitted(in RequestFingerprint request)
    {
        _evidence.AddTenant(request.Context.Tenant);
        if (_isOpen)
        {
            if (IsProof(request))
            {
                _trial = new Trial(request.Context, time.GetUtcNow());
            }
            else
            {
                _doubtfulTrial = new Trial(request.Context, time.GetUtcNow());
            }
        }
    }

    /// <summary>A request got its first audio.</summary>
    public void OnSpoken(in RequestFingerprint request)
    {
        _workedBefore.Add(request.Shape);
        _failedTexts.Remove(request.Text);
        _lostTexts.Remove(request.Text);
        _isolatedTexts.Remove(request.Text);
        _evidence.Clear();
        (_isOpen, _trial, _doubtfulTrial, _timesOpened) = (false, null, null, 0);
    }

    /// <summary>A request failed in a way that may be the upstream's fault, and got no audio.</summary>
    /// <param name="request">The request.</param>
    /// <param name="socket">The socket that was lost; null if only the request failed.</param>
    public void OnFailed(in RequestFingerprint request, int? socket = null)
    {
        var isTrial = _trial?.Context == request.Context;
        OnGivenUp(request);
        _failedTexts.Add(request.Text);
        if (socket is not null)
        {
            (_lostTexts.Contains(request.Text) ? _isolatedTexts : _lostTexts).Add(request.Text);
        }

        // Requests that fail together are one outage; only the trial tells anything new.
        if (_isOpen ? isTrial : _evidence.Add(request, socket))
        {
            _evidence.Clear();
            Open(UpstreamRetry.AfterContexts(++_timesOpened, jitter()), isForDials: false);
        }
    }

    /// <summary>A request came to an end that says nothing about the upstream: cancelled, refused for what it asks, or put off.</summary>
    public void OnGivenUp(in RequestFingerprint request)
    {
        _trial = _trial?.Context == request.Context ? null : _trial;
        _doubtfulTrial = _doubtfulTrial?.Context == request.Context ? null : _doubtfulTrial;
    }

    /// <summary>A socket was opened.</summary>
    public void OnDialled()
    {
        (_dialFailures, LastFailure, _dialNotBefore) = (0, null, default);
        if (_isOpen && _isOpenForDials)
        {
            (_isOpen, _trial, _doubtfulTrial) = (false, null, null);
        }
    }

    /// <summary>A socket could not be opened.</summary>
    /// <param name="outcome">Why.</param>
    /// <param name="hasOthers">True if there are sockets that can be used.</param>
    public void OnDialFailed(DialOutcome outcome, bool hasOthers)
    {
        LastFailure = outcome;
        var delay = UpstreamRetry.After(outcome, ++_dialFailures, jitter());
        _dialNotBefore = time.GetUtcNow() + delay;
        if (!hasOthers)
        {
            Open(delay, isForDials: true);
        }
    }

    // A request whose failure would be the upstream's: its kind worked before, and its text has not failed since. While nothing has worked yet, any
    // text that has not failed must do.
    private bool IsProof(in RequestFingerprint request)
        => !_failedTexts.Contains(request.Text) && (_workedBefore.Count == 0 || _workedBefore.Contains(request.Shape));

    private bool IsFree(Trial? trial) => trial is not { } running || time.GetUtcNow() - running.Since >= LongestTrial;

    private void Open(TimeSpan delay, bool isForDials)
    {
        (_isOpen, _isOpenForDials, _trial, _doubtfulTrial) = (true, isForDials, null, null);
        _closedUntil = time.GetUtcNow() + delay;
    }

    private readonly record struct Trial(ContextKey Context, DateTimeOffset Since);
}
