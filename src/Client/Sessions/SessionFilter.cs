namespace TtsGrains.Client.Sessions;

/// <summary>Selects sessions of a listing.</summary>
public sealed record SessionFilter
{
    /// <summary>A day, UTC. Null: today, or all days with <see cref="Reference"/> or <see cref="Live"/> = true.</summary>
    public DateOnly? Day { get; init; }

    /// <summary>The caller's own reference. Null: any.</summary>
    public string? Reference { get; init; }

    /// <summary>True for live sessions only, false for the others only. Null: both.</summary>
    public bool? Live { get; init; }

    /// <summary><c>open</c> for sessions with an open utterance only, <c>finished</c> for the others only. Null: both.</summary>
    public string? State { get; init; }

    /// <summary>The least characters of a session's text. Null: any.</summary>
    public int? MinCharacters { get; init; }

    /// <summary>The most characters of a session's text. Null: any.</summary>
    public int? MaxCharacters { get; init; }

    /// <summary>Words that the archived text has, each of them, in upper or lower case; at most 200 characters. Null: any.</summary>
    public string? Text { get; init; }
}
