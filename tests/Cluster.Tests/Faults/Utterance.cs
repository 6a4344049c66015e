namespace TtsGrains.Cluster.Tests.Faults;

/// <summary>One context that a caller had spoken.</summary>
/// <param name="Session">The call.</param>
/// <param name="Context">The context's id.</param>
/// <param name="Segments">The text of each of its segments.</param>
/// <param name="Heard">What the caller heard, spelled out; a complaint when that is no text.</param>
/// <param name="End">How it ended: <c>done</c>, or the error.</param>
/// <param name="LongestGap">The longest time from one chunk to the next.</param>
internal sealed record Utterance(
    string Session, string Context, IReadOnlyList<string> Segments, string Heard, string End, TimeSpan LongestGap)
{
    /// <summary>What is wrong with it; null when nothing is.</summary>
    public string? Fault
        => End != "done" ? $"{Session}/{Context} ended with {End}, having said '{Heard}'"
            : Heard != string.Concat(Segments) ? $"{Session}/{Context} said '{Heard}' instead of '{string.Concat(Segments)}'"
            : null;
}
