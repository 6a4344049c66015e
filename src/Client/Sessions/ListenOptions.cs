using TtsGrains.Protocol.Audio;

namespace TtsGrains.Client.Sessions;

/// <summary>What a listener wants to hear.</summary>
public sealed record ListenOptions
{
    /// <summary>From where on; several positions, of one context each, may be given together. Default: from now.</summary>
    public IReadOnlyList<ListenFrom> From { get; init; } = [ListenFrom.Live];

    /// <summary>The form of the audio, for this listener only. Null: as it was spoken.</summary>
    public AudioFormat? Format { get; init; }
}

/// <summary>Where a listener begins.</summary>
public readonly record struct ListenFrom
{
    private readonly string? _text;

    private ListenFrom(string text) => _text = text;

    /// <summary>With the frames from now on.</summary>
    public static ListenFrom Live { get; } = new("live");

    /// <summary>With the beginning of the session.</summary>
    public static ListenFrom Start { get; } = new("start");

    /// <summary>With one event of one context.</summary>
    /// <param name="contextId">The context.</param>
    /// <param name="offset">The event's number, from 0.</param>
    public static ListenFrom Position(string contextId, long offset) => new(FormattableString.Invariant($"{contextId}:{offset}"));

    /// <summary>Reads <c>live</c>, <c>start</c> or <c>context:offset</c>; whether there is such a context is for the service to say.</summary>
    public static ListenFrom Parse(string text) => new(text);

    /// <summary>As the service reads it.</summary>
    public override string ToString() => _text ?? "live";
}
