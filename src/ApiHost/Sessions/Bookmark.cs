using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>
/// Where a listener stands in a whole session, in a form that it can give back: done with all contexts up to a number but for some that it is in
/// the midst of. Contexts with a higher number are new to it.
/// </summary>
/// <param name="Last">The highest number of a context that it knows; 0 when it knows none.</param>
/// <param name="Offsets">By the number of a context, the next offset to be heard of it.</param>
internal sealed record Bookmark(int Last, ImmutableSortedDictionary<int, int> Offsets)
{
    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string text, out Bookmark bookmark)
    {
        var offsets = ImmutableSortedDictionary.CreateBuilder<int, int>();
        bookmark = new Bookmark(0, offsets.ToImmutable());
        var parts = text.Split(',');
        if (!TryRead(parts[0], out var last))
        {
            return false;
        }

        foreach (var part in parts.AsSpan(1))
        {
            var colon = part.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || !TryRead(part[..colon], out var ordinal) || !TryRead(part[(colon + 1)..], out var offset) || ordinal == 0 || ordinal > last
                || !offsets.TryAdd(ordinal, offset))
            {
                return false;
            }
        }

        bookmark = new Bookmark(last, offsets.ToImmutable());
        return true;
    }

    /// <summary>Whether the listener is done with a context.</summary>
    public bool IsPast(int ordinal) => ordinal <= Last && !Offsets.ContainsKey(ordinal);

    /// <summary>Whether it can be one of that session: one that was erased and begun anew counts from 1 again.</summary>
    public bool IsOf(SessionView session) => Last <= session.Contexts.Select(context => context.Ordinal).DefaultIfEmpty().Max();

    /// <summary>As it is given to clients, who need not understand it: <c>7,5:12</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{Last}");
        foreach (var (ordinal, offset) in Offsets)
        {
            text.Append(CultureInfo.InvariantCulture, $",{ordinal}:{offset}");
        }

        return text.ToString();
    }

    private static bool TryRead(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
