using System.Globalization;

namespace TtsGrains.Grains.Interfaces.Connections;

/// <summary>Names one upstream socket of one silo.</summary>
/// <param name="Upstream">The configured name of the upstream.</param>
/// <param name="Silo">The silo that dials it; contexts use only sockets of their own silo.</param>
/// <param name="Number">Counts the silo's sockets to that upstream, from 1; never used again.</param>
public readonly record struct ConnectionKey(string Upstream, string Silo, int Number)
{
    /// <summary>The grain key: the parts, escaped, with slashes between.</summary>
    public override string ToString()
        => string.Create(CultureInfo.InvariantCulture, $"{Uri.EscapeDataString(Upstream)}/{Uri.EscapeDataString(Silo)}/{Number}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">The text is no such key.</exception>
    public static ConnectionKey Parse(string text)
    {
        var parts = text.Split('/');
        return parts.Length == 3
            ? new(Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts[1]), int.Parse(parts[2], CultureInfo.InvariantCulture))
            : throw new FormatException($"A connection key has three parts; this one has {parts.Length}.");
    }
}
