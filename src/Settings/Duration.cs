using System.Globalization;

namespace TtsGrains.Settings;

/// <summary>The text form of a duration in settings: a number with a unit, or <c>hh:mm:ss</c>.</summary>
public static class Duration
{
    /// <summary>The accepted forms, for messages.</summary>
    public const string Forms = "a duration with a unit, such as 250ms, 5s, 10m, 1h or 7d, or hh:mm:ss, such as 00:00:05";

    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
    ];

    /// <summary>Reads a duration. A number without a unit is none, zero included: the framework reads it as days.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        text = text.Trim();
        if (text.Contains(':', StringComparison.Ordinal))
        {
            return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out duration);
        }

        duration = default;
        var length = text.Length - text.AsSpan().TrimEnd("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ").Length;
        var unit = Array.Find(Units, known => known.Unit.Equals(text[^length..], StringComparison.OrdinalIgnoreCase));
        if (unit.Unit is null
            || !decimal.TryParse(text.AsSpan(0, text.Length - length).TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)
            || count > TimeSpan.MaxValue.Ticks / unit.Length.Ticks)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)(count * unit.Length.Ticks));
        return true;
    }

    /// <summary>Writes a duration in the largest unit that needs no more than one decimal.</summary>
    public static string Format(TimeSpan duration)
    {
        var unit = Array.FindLast(Units, known => duration >= known.Length && duration.Ticks * 10 % known.Length.Ticks == 0);
        return unit.Unit is null
            ? duration == TimeSpan.Zero ? "0s" : duration.ToString("c", CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{(decimal)duration.Ticks / unit.Length.Ticks:0.#}{unit.Unit}");
    }
}
