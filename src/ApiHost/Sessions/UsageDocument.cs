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
        var csv = new StringBuilder("group,contexts,characters,characters_synthesised,characters_delivered,characters_heard,audio_ms,archived_bytes,slot_wait_ms,contexts_with_audio,first_audio_ms\r\n");
        foreach (var group in Groups)
        {
            csv.Append('"').Append(Disarm(group.Group)?.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"').Append(
                CultureInfo.InvariantCulture,
                $",{group.Contexts},{group.Characters},{group.CharactersSynthesised},{group.CharactersDelivered},{group.CharactersHeard},{group.AudioMs},{group.ArchivedBytes},{group.SlotWaitMs},{group.ContextsWithAudio},{group.FirstAudioMs}\r\n");
        }

        return csv.ToString();
    }

    // A reference is the client's to choose, and a spreadsheet computes what begins like a formula. An apostrophe makes it text.
    private static string? Disarm(string? group)
        => group is ['\t' or '\r' or '\n', ..] || group?.TrimStart() is ['=' or '+' or '-' or '@', ..] ? $"'{group}" : group;
}

/// <summary>The usage of one group. Times are sums.</summary>
internal sealed record UsageGroupDocument
{
    /// <summary>The day, key id, reference, model or upstream; null for contexts without one.</summary>
    public string? Group { get; init; }

    /// <summary>Ended contexts.</summary>
    public int Contexts { get; init; }

    /// <summary>UTF-16 units that clients pushed.</summary>
    public long Characters { get; init; }

    /// <summary>UTF-16 units that were sent to upstreams, repeats after a lost socket included.</summary>
    public long CharactersSynthesised { get; init; }

    /// <summary>UTF-16 units whose audio was written for clients.</summary>
    public long CharactersDelivered { get; init; }

    /// <summary>UTF-16 units that clients reported as played; of contexts without a report, those delivered.</summary>
    public long CharactersHeard { get; init; }

    /// <summary>Audio that the upstreams returned, milliseconds.</summary>
    public double AudioMs { get; init; }

    /// <summary>Bytes of audio in the archive when the contexts ended.</summary>
    public long ArchivedBytes { get; init; }

    /// <summary>Time that contexts waited for places at upstreams, milliseconds.</summary>
    public double SlotWaitMs { get; init; }

    /// <summary>Contexts whose first audio is timed.</summary>
    public int ContextsWithAudio { get; init; }

    /// <summary>Time to first audio of these, milliseconds.</summary>
    public double FirstAudioMs { get; init; }

    /// <summary>Adds a context.</summary>
    public UsageGroupDocument With(UsageRecord record) => this with
    {
        Contexts = Contexts + (record.PartId is null ? 1 : 0),
        Characters = Characters + record.Characters,
        CharactersSynthesised = CharactersSynthesised + record.CharactersSynthesised,
        CharactersDelivered = CharactersDelivered + record.CharactersDelivered,
        CharactersHeard = CharactersHeard + (record.CharactersHeard ?? record.CharactersDelivered),
        AudioMs = Math.Round(AudioMs + record.AudioMs, 3),
        ArchivedBytes = ArchivedBytes + record.ArchivedBytes,
        SlotWaitMs = Math.Round(SlotWaitMs + record.SlotWaitMs, 3),
        ContextsWithAudio = ContextsWithAudio + (record.FirstAudioMs is null ? 0 : 1),
        FirstAudioMs = Math.Round(FirstAudioMs + (record.FirstAudioMs ?? 0), 3),
    };
}
