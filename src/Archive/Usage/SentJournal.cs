namespace TtsGrains.Archive.Usage;

/// <summary>The counts of the contexts that are open in this process, in files of its spool. Thread-safe.</summary>
internal sealed class SentJournal : IDisposable
{
    /// <summary>Begins the names of the files.</summary>
    public const string Prefix = "sent.";

    // 16,384 contexts. Those beyond are counted in memory only.
    private const int MostFiles = 64;

    private readonly Lock _gate = new();
    private readonly List<SentFile> _files = [];
    private string? _folder;

    /// <summary>Begins to use a folder.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Open(string folder)
    {
        lock (_gate)
        {
            _folder = folder;
            Add();
        }
    }

    /// <summary>Begins the count of a context.</summary>
    public SentCount Begin(SentContext context)
    {
        lock (_gate)
        {
            SentSlot? slot = null;
            if (_folder is not null && !_files.Exists(file => file.TryTake(out slot)) && TryAdd())
            {
                _files[^1].TryTake(out slot);
            }

            if (slot is not null && !slot.TryBegin(context))
            {
                slot.Free();
                slot = null;
            }

            return new SentCount(context, slot);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _folder = null;
            _files.ForEach(file => file.Dispose());
            _files.Clear();
        }
    }

    private bool TryAdd()
    {
        try
        {
            if (_files.Count == MostFiles)
            {
                return false;
            }

            Add();
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void Add() => _files.Add(new SentFile(Path.Combine(_folder!, $"{Prefix}{_files.Count}")));
}
