using System.Globalization;
using System.Net.Http.Headers;

namespace TtsGrains.Grains.Connections;

/// <summary>When a server that refuses wants to be asked again.</summary>
internal static class RetryAfter
{
    private const string InMilliseconds = "retry-after-ms";

    /// <summary>Reads <c>Retry-After</c>, in seconds or as a date, or <c>Retry-After-Ms</c>; null when there is neither, or it is past.</summary>
    public static TimeSpan? Read(IReadOnlyDictionary<string, IEnumerable<string>>? headers, TimeProvider time)
    {
        if (Find(headers, InMilliseconds) is { } text && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var milliseconds))
        {
            return Positive(milliseconds is > 0 and < int.MaxValue ? TimeSpan.FromMilliseconds(milliseconds) : null);
        }

        return Find(headers, "Retry-After") is { } value && RetryConditionHeaderValue.TryParse(value, out var after)
            ? Positive(after.Delta ?? after.Date - time.GetUtcNow())
            : null;
    }

    private static string? Find(IReadOnlyDictionary<string, IEnumerable<string>>? headers, string name)
        => headers?.FirstOrDefault(header => string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase)).Value?.FirstOrDefault();

    private static TimeSpan? Positive(TimeSpan? delay) => delay > TimeSpan.Zero ? delay : null;
}
