using System.Buffers;
using System.Text.Json;

namespace TtsGrains.Archive.Usage;

/// <summary>A pack: many usage records of a day in one object that is created once and never changed. One line of JSON per record.</summary>
internal static class UsagePack
{
    /// <summary>The type of content of a pack.</summary>
    public const string ContentType = "application/x-ndjson";

    /// <summary>The most records of a pack: about 6 MB, which a reader has in memory at once.</summary>
    public const int MaxRecords = 10_000;

    /// <summary>
    /// How long a record stays an object of its own after its context has ended, and after its day is over. Processes that restart store late records of their
    /// spools, and correct records, mostly within this time; later ones are found in the packs, which costs more.
    /// </summary>
    public static readonly TimeSpan Age = TimeSpan.FromHours(24);

    /// <summary>Determines whether a day can have packs. It has none before all of its contexts have begun <see cref="Age"/> ago.</summary>
    public static bool IsPossible(DateOnly day, DateTimeOffset now) => now - new DateTimeOffset(day.ToDateTime(default), TimeSpan.Zero) >= TimeSpan.FromDays(1) + Age;

    /// <summary>Joins records as they are stored.</summary>
    public static BinaryData Join(IEnumerable<BinaryData> records)
    {
        var lines = new ArrayBufferWriter<byte>();
        foreach (var record in records)
        {
            lines.Write(record.ToMemory().Span);
            lines.Write("\n"u8);
        }

        return new BinaryData(lines.WrittenMemory);
    }

    /// <summary>Reads the records of a pack.</summary>
    /// <exception cref="JsonException">A record cannot be read, or the pack is cut.</exception>
    public static IEnumerable<UsageRecord> Read(BinaryData pack)
    {
        for (var rest = pack.ToMemory(); !rest.IsEmpty;)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            if (end < 0)
            {
                throw new JsonException("A pack of usage records ends within a record.");
            }

            yield return JsonSerializer.Deserialize(rest.Span[..end], UsageJson.Default.UsageRecord) ?? throw new JsonException("A usage record is null.");
            rest = rest[(end + 1)..];
        }
    }
}
