namespace TtsGrains.Grains.Interfaces.Connections;

/// <summary>What an upstream answered to a dial. Zero is never a valid value.</summary>
public enum DialResult : byte
{
    None = 0,
    Connected = 1,

    /// <summary>There was no answer in time.</summary>
    Unreachable = 2,

    /// <summary>HTTP 401 or 403: the key is wrong.</summary>
    Unauthorized = 3,

    /// <summary>HTTP 429: too many sockets.</summary>
    Limited = 4,

    /// <summary>Another 4xx, or an answer that is no WebSocket's: the address or the account is wrong.</summary>
    Refused = 5,

    /// <summary>HTTP 5xx: overloaded or broken.</summary>
    Failing = 6,
}

/// <summary>What became of a dial.</summary>
/// <param name="Result">What the upstream answered.</param>
/// <param name="HttpStatus">The status of its answer; 0 without one.</param>
/// <param name="RetryAfter">When it wants to be asked again, if it said so.</param>
[GenerateSerializer, Immutable, Alias("tts.DialOutcome")]
public readonly record struct DialOutcome(
    [property: Id(0)] DialResult Result,
    [property: Id(1)] int HttpStatus = 0,
    [property: Id(2)] TimeSpan? RetryAfter = null)
{
    public static DialOutcome Connected { get; } = new(DialResult.Connected, 101);

    /// <summary>The outcome that an HTTP status stands for; 0 for no answer.</summary>
    public static DialOutcome Of(int httpStatus, TimeSpan? retryAfter = null) => new(
        httpStatus switch
        {
            0 => DialResult.Unreachable,
            401 or 403 => DialResult.Unauthorized,
            429 => DialResult.Limited,
            408 or >= 500 => DialResult.Failing,
            _ => DialResult.Refused,
        },
        httpStatus,
        retryAfter);
}
