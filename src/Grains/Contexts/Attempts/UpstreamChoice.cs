using System.Collections.Immutable;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.Grains.Contexts.Attempts;

/// <summary>After an upstream context failed: whether there is another attempt, when, and at which upstream.</summary>
internal sealed class UpstreamChoice(ContextKey key, AttemptServices services)
{
    // A request that was refused so often, while others were served, is refused for what it asks.
    private const int LossesOfRequest = 3;

    private readonly RetrySchedule _retries = new(services.Options.Value.RecoveryTimeout, services.Time, Random.Shared.NextDouble);
    private readonly HashSet<string> _failedAt = new(StringComparer.Ordinal);
    private long _firstLossAt;

    /// <summary>How long the next attempt waits before it asks for a slot.</summary>
    public TimeSpan Delay { get; private set; }

    /// <summary>How much time is left until the context gives up.</summary>
    public TimeSpan Remaining => _retries.Remaining;

    /// <summary>Why the context fails if it gives up now: an attempt that the deadline has cut short does not say. Null if nothing has failed.</summary>
    public ProtocolError? LastError { get; private set; }

    /// <summary>The upstreams that the next attempt may use, the best first.</summary>
    public ImmutableArray<string> Candidates()
    {
        var all = services.Catalogue.Of(key.Tenant);
        var left = all.RemoveAll(_failedAt.Contains);
        return left.IsEmpty ? all : left;
    }

    /// <summary>The client waits for speech.</summary>
    public void OnAsked() => _retries.OnAsked();

    /// <summary>The delay is over.</summary>
    public void OnDelayed() => Delay = TimeSpan.Zero;

    /// <summary>The context has got further.</summary>
    public void OnProgress()
    {
        _retries.OnProgress();
        _failedAt.Clear();
        (Delay, LastError) = (TimeSpan.Zero, null);
    }

    /// <summary>The upstream had no capacity: the context waits for a slot again.</summary>
    public void OnLimited(ProtocolError error) => (LastError, Delay) = (error, TimeSpan.Zero);

    /// <summary>An attempt was lost. Decides on the next one.</summary>
    /// <param name="upstream">Where.</param>
    /// <param name="error">Why.</param>
    /// <param name="isOfRequest">Whether the upstream has answered, so that the failure may be the request's. Then the next upstream is asked, once.</param>
    /// <param name="request">What was asked for.</param>
    /// <returns>False if the context gives up.</returns>
    public bool TryAgain(string upstream, ProtocolError error, bool isOfRequest, in RequestFingerprint request)
    {
        LastError = error == ErrorCatalogue.UpstreamSilent && Remaining == TimeSpan.Zero ? LastError ?? error : error;
        _firstLossAt = _retries.Losses == 0 ? services.Time.GetTimestamp() : _firstLossAt;
        var delay = _retries.OnLost(services.Upstreams.Get(upstream).FirstAudioTimeout);
        var isMoved = MoveOn(upstream, isOfRequest);
        if (delay is null || (isOfRequest && !isMoved && IsFinal(upstream, request)))
        {
            return false;
        }

        Delay = isMoved ? TimeSpan.Zero : delay.Value;
        return true;
    }

    /// <summary>The error of a context that gets no slot.</summary>
    public ProtocolError ErrorOf(SlotRefusal refusal)
        => refusal == SlotRefusal.Limited ? ErrorCatalogue.UpstreamFull
            : LastError is { } own && own != ErrorCatalogue.UpstreamLost && own != ErrorCatalogue.UpstreamSilent ? own
            : ErrorCatalogue.UpstreamUnavailable;

    // To another upstream, if one works: once, so that a request which no upstream can speak is not passed round.
    private bool MoveOn(string upstream, bool isOfRequest)
    {
        if (_failedAt.Count > 0 || (!isOfRequest && _retries.Losses < 2 && LastError != ErrorCatalogue.UpstreamSilent)
            || !services.Catalogue.Of(key.Tenant).Any(other => other != upstream && services.Pool.IsUp(other)))
        {
            return false;
        }

        return _failedAt.Add(upstream);
    }

    // Two upstreams have refused the request, or one has while it served others.
    private bool IsFinal(string upstream, in RequestFingerprint request)
        => _failedAt.Count > 0 || ErrorClassifier.Classify(LastError!) != ErrorClass.Transient
            || (_retries.Losses >= LossesOfRequest && services.Pool.Outcomes.HasServedOthers(upstream, _firstLossAt, request));
}
