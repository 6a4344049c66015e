using TtsGrains.Archive.Writing;

namespace TtsGrains.Archive.Usage;

/// <summary>The counts that killed processes left behind.</summary>
internal sealed class SentLeftovers
{
    private readonly List<SentLeftover> _left = [];

    /// <summary>Gets those that were not closed.</summary>
    public IReadOnlyList<SentLeftover> All => [.. _left.Where(left => !left.IsClosed)];

    /// <summary>Reads what lies in the folder of a process that is gone.</summary>
    public void Read(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, $"{SentJournal.Prefix}*").Order(StringComparer.Ordinal).ToList())
        {
            var bytes = File.ReadAllBytes(path);
            var left = new List<SentLeftover>();
            var open = 0;
            for (var at = 0; at + SentSlot.Size <= bytes.Length; at += SentSlot.Size)
            {
                if (SentSlot.Read(bytes.AsSpan(at, SentSlot.Size)) is { } found)
                {
                    left.Add(new SentLeftover(found.Context, found.Numbers, Close));
                }
            }

            // Until all is recorded it stays: a count that is recorded twice is the same record.
            open = left.Count;
            _left.AddRange(left);
            if (open == 0)
            {
                File.Delete(path);
            }

            void Close()
            {
                if (Interlocked.Decrement(ref open) == 0)
                {
                    File.Delete(path);
                }
            }
        }
    }

    /// <summary>Finds the count of a context.</summary>
    public SentLeftover? Find(ContextIdentity identity) => _left.Find(left => !left.IsClosed && left.Context.IsOf(identity));
}

/// <summary>A count that was left behind.</summary>
internal sealed class SentLeftover(SentContext context, SentNumbers numbers, Action onClosed)
{
    private int _isClosed;

    public SentContext Context => context;

    public SentNumbers Numbers => numbers;

    public bool IsClosed => Volatile.Read(ref _isClosed) == 1;

    /// <summary>True if another record has what was pushed.</summary>
    public bool HasRecord { get; set; }

    /// <summary>The count is recorded.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            onClosed();
        }
    }
}
