using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace TtsGrains.Archive.Stores;

/// <summary>
/// The names of archived objects. They follow from ids alone, so retries are idempotent.
/// Ids are the client's to choose: they are escaped so that two ids never share a name and none leaves its tenant's prefix.
/// On a file system that folds case, two ids that differ only in case would share a name.
/// </summary>
public static class ArchiveNames
{
    /// <summary>The longest that one id becomes, in characters. Leaves room for an ordinal within the 255 bytes of a file name.</summary>
    public const int LongestPart = 160;

    /// <summary>The name of the manifest within its context.</summary>
    public const string ManifestFile = "manifest.json";

    /// <summary>The name of the summary within its session.</summary>
    public const string SessionFile = "session.json";

    private const int HashCharacters = 32;
    private const string PackBeginning = "pack-";
    private const string PackEnd = ".jsonl";
    private static readonly long LatestMilliseconds = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>Begins the names of everything of a tenant.</summary>
    public static string TenantPrefix(string tenant) => $"{Escape(tenant)}/";

    /// <summary>Begins the names of everything of a tenant's sessions.</summary>
    public static string SessionsPrefix(string tenant) => $"{Escape(tenant)}/sessions/";

    /// <summary>Begins the names of all contexts of a session.</summary>
    public static string SessionPrefix(string tenant, string session) => $"{Escape(tenant)}/sessions/{Escape(session)}/";

    /// <summary>Begins the names of one context. <paramref name="ordinal"/> is its place in the session.</summary>
    public static string ContextPrefix(string tenant, string session, int ordinal, string context)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ordinal);
        return string.Create(CultureInfo.InvariantCulture, $"{SessionPrefix(tenant, session)}{ordinal:D4}-{Escape(context)}/");
    }

    /// <summary>The audio of one segment.</summary>
    public static string Segment(string tenant, string session, int ordinal, string context, int flushId)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(flushId);
        return ContextPrefix(tenant, session, ordinal, context) + SegmentFile(flushId);
    }

    /// <summary>The name of a segment's file within its context.</summary>
    public static string SegmentFile(int flushId) => string.Create(CultureInfo.InvariantCulture, $"{flushId}.wav");

    /// <summary>What a context said and how it went.</summary>
    public static string Manifest(string tenant, string session, int ordinal, string context)
        => ContextPrefix(tenant, session, ordinal, context) + ManifestFile;

    /// <summary>Begins the markers of the sessions that a tenant had on a day.</summary>
    public static string DayPrefix(string tenant, DateOnly day)
        => string.Create(CultureInfo.InvariantCulture, $"{Escape(tenant)}/days/{day:yyyy-MM-dd}/");

    /// <summary>Marks that a session that began at <paramref name="startedAt"/> spoke on a day (UTC).</summary>
    public static string DayMarker(string tenant, DateOnly day, DateTimeOffset startedAt, string session)
        => DayPrefix(tenant, day) + ListingName(startedAt, day, session);

    /// <summary>Marks that a caller's reference belongs to a session.</summary>
    public static string ReferenceMarker(string tenant, string reference, DateTimeOffset startedAt, string session)
        => ReferencePrefix(tenant, reference) + ListingName(startedAt, day: null, session);

    /// <summary>
    /// The name of a session in a listing: in ordinal order, the newest session comes first. Within a day, a session that began earlier counts from
    /// the day's first moment.
    /// </summary>
    public static string ListingName(DateTimeOffset startedAt, DateOnly? day, string session)
    {
        var first = day?.ToDateTime(default, DateTimeKind.Utc) ?? DateTime.UnixEpoch;
        var at = new DateTimeOffset(startedAt.UtcDateTime < first ? first : startedAt.UtcDateTime);
        return string.Create(CultureInfo.InvariantCulture, $"{LatestMilliseconds - at.ToUnixTimeMilliseconds():D15}-{Escape(session)}");
    }

    /// <summary>The session of a listing name; null when the name does not tell it.</summary>
    public static string? SessionOf(string listingName) => Unescape(listingName[(listingName.IndexOf('-', StringComparison.Ordinal) + 1)..]);

    /// <summary>Returns true for the listing names of a session, whenever it began.</summary>
    public static bool IsListingOf(string listingName, string session) => listingName.EndsWith($"-{Escape(session)}", StringComparison.Ordinal)
        && listingName.IndexOf('-', StringComparison.Ordinal) + 1 + Escape(session).Length == listingName.Length;

    /// <summary>Begins the markers of the sessions that were given a reference.</summary>
    public static string ReferencePrefix(string tenant, string reference) => $"{Escape(tenant)}/references/{Escape(reference)}/";

    /// <summary>Begins the markers of all days.</summary>
    public static string DaysPrefix(string tenant) => $"{Escape(tenant)}/days/";

    /// <summary>Begins the records of the usage that a tenant had on a day (UTC). Never removed.</summary>
    public static string UsagePrefix(string tenant, DateOnly day)
        => string.Create(CultureInfo.InvariantCulture, $"{UsageDaysPrefix(tenant)}{day:yyyy-MM-dd}/");

    /// <summary>Begins the names of all of a tenant's usage records.</summary>
    public static string UsageDaysPrefix(string tenant) => $"{Escape(tenant)}/usage/";

    /// <summary>Begins the packs of the usage records of a day (UTC): behind all other records of the day.</summary>
    public static string UsagePackPrefix(string tenant, DateOnly day) => UsagePrefix(tenant, day) + PackBeginning;

    /// <summary>A pack of usage records. In ordinal order, the pack that was begun last comes last.</summary>
    /// <param name="tenant">The tenant's id.</param>
    /// <param name="day">The day of its records, UTC.</param>
    /// <param name="began">When the packing began.</param>
    /// <param name="content">The pack.</param>
    public static string UsagePack(string tenant, DateOnly day, DateTimeOffset began, BinaryData content)
        => string.Create(
            CultureInfo.InvariantCulture,
            $"{UsagePackPrefix(tenant, day)}{began.UtcTicks:D19}-{Convert.ToHexStringLower(SHA256.HashData(content.ToMemory().Span))[..HashCharacters]}{PackEnd}");

    /// <summary>Returns true for the name of a pack among those of usage records.</summary>
    public static bool IsUsagePack(string name) => name.EndsWith(PackEnd, StringComparison.Ordinal);

    /// <summary>Returns true if two packs have the same records.</summary>
    public static bool HaveSameContent(string pack, string other) => pack[^(HashCharacters + PackEnd.Length)..] == other[^(HashCharacters + PackEnd.Length)..];

    /// <summary>The summary of a session.</summary>
    public static string Session(string tenant, string session) => SessionPrefix(tenant, session) + SessionFile;

    /// <summary>Begins the holds of a tenant.</summary>
    public static string HoldsPrefix(string tenant) => $"{Escape(tenant)}/holds/";

    /// <summary>Says that a session must not be removed.</summary>
    public static string Hold(string tenant, string session) => $"{Escape(tenant)}/holds/{Escape(session)}";

    /// <summary>Marks a session as erased, for processes that still have parts of it to store.</summary>
    public static string Erasure(string tenant, string session) => $"{Escape(tenant)}/erased/{Escape(session)}";

    /// <summary>
    /// An id as one part of a name. ASCII letters, digits, '-' and '_' stay; any other UTF-16 unit becomes <c>=XX</c> or <c>=uXXXX</c>.
    /// What would be longer than <see cref="LongestPart"/> keeps its beginning and ends in '~' and 128 bits of the id's SHA-256.
    /// </summary>
    /// <exception cref="ArgumentException">The id is empty.</exception>
    public static string Escape(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        var escaped = new StringBuilder(Math.Min(id.Length, LongestPart) + 8);
        foreach (var unit in id)
        {
            if (char.IsAsciiLetterOrDigit(unit) || unit is '-' or '_')
            {
                escaped.Append(unit);
            }
            else
            {
                escaped.Append('=').Append(unit <= 0xFF ? ((int)unit).ToString("X2", CultureInfo.InvariantCulture) : $"u{(int)unit:X4}");
            }

            if (escaped.Length > LongestPart)
            {
                escaped.Length = LongestPart - HashCharacters - 1;
                return escaped.Append('~').Append(HashOf(id)).ToString();
            }
        }

        return escaped.ToString();
    }

    /// <summary>The id that <see cref="Escape"/> was given, or null when the name was shortened or is not one of ours.</summary>
    public static string? Unescape(string part)
    {
        var id = new StringBuilder(part.Length);
        for (var i = 0; i < part.Length; i++)
        {
            if (part[i] != '=')
            {
                id.Append(part[i]);
                continue;
            }

            var wide = i + 1 < part.Length && part[i + 1] == 'u';
            var (start, length) = wide ? (i + 2, 4) : (i + 1, 2);
            if (start + length > part.Length
                || !ushort.TryParse(part.AsSpan(start, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            {
                return null;
            }

            id.Append((char)unit);
            i = start + length - 1;
        }

        // Only what Escape writes is ours: this also refuses shortened names, other spellings of an escape and the empty name.
        return id.Length > 0 && Escape(id.ToString()) == part ? id.ToString() : null;
    }

    // Over the UTF-16 units: ids that are no valid Unicode keep distinct hashes, which UTF-8 would not give.
    private static string HashOf(string id)
        => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(id.AsSpan())))[..HashCharacters];
}
