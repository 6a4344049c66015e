using System.Globalization;

namespace TtsGrains.Protocol;

/// <summary>A dated version of the Cartesia API. What depends on it is asked here, not compared elsewhere.</summary>
/// <param name="Date">The date that names the version.</param>
public readonly record struct ApiVersion(DateOnly Date)
{
    private static readonly DateOnly BufferedByDefault = new(2025, 4, 16);

    private static readonly DateOnly JsonErrors = new(2026, 3, 1);

    private static readonly DateOnly VoiceByPlainId = new(2026, 8, 14);

    /// <summary>The newest version we know; stands in for a missing or unknown one, which is never a reason to refuse.</summary>
    public static ApiVersion Newest { get; } = new(VoiceByPlainId);

    /// <summary>How long text may wait for more when the request does not say, ms. Older versions did not buffer.</summary>
    public int DefaultBufferDelayMs => Date < BufferedByDefault ? 0 : 3000;

    /// <summary>
    /// Clients of the 2024 versions index their queues by flush id from 0, and take a missing one as the last queue:
    /// they get no flush id before the first flush and then numbers from 0. All later ones count from 1.
    /// </summary>
    public bool NumbersFlushesFromZero => Date < BufferedByDefault;

    /// <summary>Whether an HTTP error body is a JSON object; before, it was text of the form <c>Title: Message</c>.</summary>
    public bool HasJsonErrors => Date >= JsonErrors;

    /// <summary>Whether a voice is written as a plain id; before, as <c>{"mode":"id","id":…}</c>.</summary>
    public bool WritesVoiceAsPlainId => Date >= VoiceByPlainId;

    /// <summary>Reads a version such as <c>2026-03-01</c>; anything else is the newest.</summary>
    public static ApiVersion Parse(string? text)
        => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? new(date) : Newest;

    public override string ToString() => Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
