using System.Globalization;
using System.Text;
using TtsGrains.Archive.Usage;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>A tenant's usage.</summary>
/// <param name="From">The first day, UTC.</param>
/// <param name="To">The last day, UTC.</param>
/// <param name="Groups">The groups, in ordinal order of their names.</param>
internal sealed record UsageDocument(DateOnly From, DateOnly To, IReadOnlyList<UsageGroupDocument> Groups)
{
    /// <summary>The groups as CSV (RFC 4180) with a header line.</summary>
    public string ToCsv()
    {
        var csv = new StringBuilder("group,contexts,characters,characters_synthesised,audio_ms,archived_bytes\r\n");
        foreach (var group in Groups)
        {
            csv.Append('"').Append(Disarm(group.Group)?.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"').Append(
                CultureInfo.InvariantCulture, $",{group.Contexts},{group.Characters},{group.CharactersSynthesised},{group.AudioMs},{group.ArchivedBytes}\r\n");
        }

        return csv.ToString();
    }

    // A reference is the client's to choose, and a spreadsheet computes what begins like a formula. An apostrophe makes it text.
    private static string? Disarm(string? group)
        => group is ['\t' or '\r' or '\n', ..] || group?.TrimStart() is ['=' or '+' or '-' or '@', ..] ? $"'{group}" : group;
}

/// <summary>The usage of one group.</summary>
/// <param name="Group">The day, key id, reference, model or upstream; null for contexts without one.</param>
/// <param name="Contexts">Ended contexts.</param>
/// <param name="Characters">UTF-16 units that clients pushed.</param>
/// <param name="CharactersSynthesised">UTF-16 units that were sent to upstreams, repeats after a lost socket included.</param>
/// <param name="AudioMs">Audio that the upstreams returned, milliseconds.</param>
/// <param name="ArchivedBytes">Bytes of audio in the archive when the contexts ended.</param>
internal sealed record UsageGroupDocument(string? Group, int Contexts, long Characters, long CharactersSynthesised, double AudioMs, long ArchivedBytes)
{
    /// <summary>Adds a context.</summary>
    public UsageGroupDocument With(UsageRecord record) => new(
        Group,
        Contexts + 1,
        Characters + record.Characters,
        CharactersSynthesised + record.CharactersSynthesised,
        Math.Round(AudioMs + record.AudioMs, 3),
        ArchivedBytes + record.ArchivedBytes);
}
