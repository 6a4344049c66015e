using System.Text.Json.Serialization;
using TtsGrains.Grains.Interfaces.Connections;

namespace TtsGrains.Grains.Connections;

/// <summary>Whether an upstream is used. Zero is never a valid value.</summary>
public enum BreakerState : byte
{
    None = 0,

    /// <summary>It works.</summary>
    [JsonStringEnumMemberName("closed")]
    Closed = 1,

    /// <summary>It failed and is left alone for a while.</summary>
    [JsonStringEnumMemberName("open")]
    Open = 2,

    /// <summary>It may be tried, by one at a time.</summary>
    [JsonStringEnumMemberName("half_open")]
    HalfOpen = 3,
}

/// <summary>
/// The circuit breaker of one upstream. It opens when the upstream cannot be dialled and no socket is left, or when so many contexts in a row got
/// no word out of it; after a while one dial or one context tries again. Not thread-safe.
/// </summary>
/// <param name="breakAfter">How many contexts in a row.</param>
/// <param name="time">The clock.</param>
/// <param name="jitter">Gives numbers from 0 to 1.</param>
internal sealed class UpstreamBreaker(int breakAfter, TimeProvider time, Func<double> jitter)
{
    // A trial that nobody hears of any more must not keep the upstream shut.
    private static readonly TimeSpan LongestTrial = TimeSpan.FromSeconds(10);

    private bool _isOpen;
    private bool _isOpenForDials;
    private DateTimeOffset _closedUntil;
    private DateTimeOffset _dialNotBefore;
    private DateTimeOffset? _trialSince;
    private int _failures;
    private int _dialFailures;
    private int _timesOpened;

    /// <summary>Where it stands.</summary>
    public BreakerState State => !_isOpen ? BreakerState.Closed : time.GetUtcNow() < _closedUntil ? BreakerState.Open : BreakerState.HalfOpen;

    /// <summary>The last dial that failed; null when the last one did not.</summary>
    public DialOutcome? LastFailure { get; private set; }

    /// <summary>Whether a context may be given to the upstream.</summary>
    public bool Admits => State switch
    {
        BreakerState.Closed => true,
        BreakerState.HalfOpen => _trialSince is not { } since || time.GetUtcNow() - since >= LongestTrial,
        _ => false,
    };

    /// <summary>Whether another socket may be dialled.</summary>
    public bool MayDial => Admits && time.GetUtcNow() >= _dialNotBefore;

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

    /// <summary>A context is given to the upstream.</summary>
    public void OnAdmitted()
    {
        if (_isOpen)
        {
            _trialSince = time.GetUtcNow();
        }
    }

    /// <summary>A context got a word out of it.</summary>
    public void OnSpoken()
    {
        (_isOpen, _trialSince, _failures, _timesOpened) = (false, null, 0, 0);
    }

    /// <summary>A context got nothing out of it.</summary>
    public void OnFailed()
    {
        // Those that fall silent together are one failure, not one after the other.
        if (State == BreakerState.Open)
        {
            return;
        }

        if (_isOpen || ++_failures >= breakAfter)
        {
            _failures = 0;
            Open(UpstreamRetry.AfterContexts(++_timesOpened, jitter()), isForDials: false);
        }
    }

    /// <summary>A socket was opened.</summary>
    public void OnDialled()
    {
        (_dialFailures, LastFailure, _dialNotBefore) = (0, null, default);
        if (_isOpen && _isOpenForDials)
        {
            (_isOpen, _trialSince) = (false, null);
        }
    }

    /// <summary>A socket could not be opened.</summary>
    /// <param name="outcome">Why.</param>
    /// <param name="hasOthers">Whether there are sockets that can be used.</param>
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

    private void Open(TimeSpan delay, bool isForDials)
    {
        (_isOpen, _isOpenForDials, _trialSince) = (true, isForDials, null);
        _closedUntil = time.GetUtcNow() + delay;
    }
}
