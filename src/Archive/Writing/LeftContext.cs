using System.Security.Cryptography;
using TtsGrains.Archive.Encryption;
using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Spooling;
using TtsGrains.Archive.Stores;
using TtsGrains.Archive.Usage;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Archive.Writing;

/// <summary>What a process that is gone left of a context in its spool.</summary>
/// <param name="Identity">The context.</param>
/// <param name="Entries">Its finished segments, in order.</param>
/// <param name="Whole">Those whose audio lies in the spool as it was written.</param>
/// <param name="Summary">How it ended; null if the process ended before.</param>
internal sealed record LeftContext(ContextIdentity Identity, IReadOnlyList<ManifestSegment> Entries, IReadOnlySet<int> Whole, ContextSummary? Summary)
{
    /// <summary>Reads an account, and removes audio of segments that were not finished. It may be read again after it threw. Returns null if nothing can be stored of it.</summary>
    /// <exception cref="UnreadableObjectException">It is encrypted, and its key was deleted, is unknown, or does not fit.</exception>
    public static async Task<LeftContext?> ReadAsync(SpoolAccount account, ArchiveCipher? cipher, CancellationToken cancellationToken)
    {
        var lines = await account.ReadAsync(cipher?.Keys, cancellationToken);
        if (lines.Count == 0 || lines[0].Context is not { } identity)
        {
            return null;
        }

        // A later line of a segment corrects an earlier one.
        var entries = lines.Where(l => l.Segment is not null).GroupBy(l => l.Segment!.FlushId).Select(g => g.Last().Segment!).OrderBy(s => s.FlushId).ToList();
        account.RemoveUnfinished(entries.Select(e => e.FlushId).ToHashSet());
        var whole = new HashSet<int>();
        foreach (var entry in entries.Where(e => e.File is not null && File.Exists(account.AudioPath(e.FlushId))))
        {
            if (await IsWholeAsync(identity, account.AudioPath(entry.FlushId), entry, cipher, cancellationToken))
            {
                whole.Add(entry.FlushId);
            }
        }

        return new LeftContext(identity, entries, whole, lines.FirstOrDefault(l => l.Summary is not null)?.Summary);
    }

    /// <summary>Makes the summary that the process could not write.</summary>
    public ContextSummary Summarize() => new(
        ContextOutcome.Error, string.Concat(Entries.Select(e => e.Text)), Upstream: null, Entries.Count > 0 ? Entries[^1].FinishedAt : Identity.CreatedAt)
    {
        ProcessEnded = true,
    };

    /// <summary>Makes the usage that the process could not write. What was sent has a record of its own: another process may have continued the context.</summary>
    public ContextUsage UsageOf(SentLeftover sent)
    {
        var bytes = Entries.Where(e => e.File is not null).Sum(e => e.Bytes);
        return new ContextUsage(sent.Numbers.Pushed, 0, ManifestEntries.Milliseconds(Identity.Format, bytes)) { CharactersDelivered = Entries.Sum(e => (long)e.Text.Length) };
    }

    private static async Task<bool> IsWholeAsync(ContextIdentity identity, string path, ManifestSegment entry, ArchiveCipher? cipher, CancellationToken cancellationToken)
    {
        try
        {
            var name = ArchiveNames.Segment(identity.Tenant, identity.Session, identity.Ordinal, identity.Context, entry.FlushId);
            await using var content = cipher is null
                ? File.OpenRead(path)
                : await cipher.OpenAsync(File.OpenRead(path), name, ArchiveNames.Escape(identity.Tenant), mayBePlain: true, cancellationToken);
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken)) == entry.Sha256;
        }
        catch (UnreadableObjectException damaged) when (damaged.Reason != UnreadableReason.KeyMissing)
        {
            return false;
        }
    }
}
