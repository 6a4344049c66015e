using TtsGrains.Archive.Stores;

namespace TtsGrains.Archive.Spooling;

/// <summary>
/// The disk between the contexts and the store: what is finished lies here from its hand-over until the store has confirmed it. Each process writes
/// into a folder of its own beside a lock file; a folder whose lock is free belonged to a process that is gone, and the next one takes it over.
/// </summary>
internal sealed class Spool(string root, long maxBytes) : IDisposable
{
    private const string LockEnding = ".lock";

    private readonly List<(FileStream Lock, string Folder)> _held = [];
    private volatile string? _own;
    private long _accounts;
    private long _bytes;

    /// <summary>Bytes of audio that lie here.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Whether anything can be kept here.</summary>
    public bool IsOpen => _own is not null;

    /// <summary>Makes it ready. Until then nothing can be kept here.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">We may not write there.</exception>
    /// <returns>The folder of this process.</returns>
    public string Open()
    {
        PrivateFiles.CreateRoot(root);
        var folder = Path.Combine(root, Guid.NewGuid().ToString("N"));
        var held = PrivateFiles.Create(folder + LockEnding, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        PrivateFiles.CreateFolder(folder);
        _held.Add((held, folder));
        _own = folder;
        return folder;
    }

    /// <summary>Takes over the folders of processes that are gone. Call it once, after <see cref="Open"/>.</summary>
    /// <param name="onFolder">Hears of each folder before its contexts.</param>
    /// <returns>What was left in them, context by context, with the bytes of its audio already counted.</returns>
    public IEnumerable<SpoolAccount> TakeOver(Action<string> onFolder)
    {
        foreach (var path in Directory.EnumerateFiles(root, "*" + LockEnding).Order(StringComparer.Ordinal).ToList())
        {
            var folder = path[..^LockEnding.Length];
            if (folder == _own || TryLock(path) is not { } held)
            {
                continue;
            }

            PrivateFiles.CreateFolder(folder);
            _held.Add((held, folder));
            onFolder(folder);
            RemoveUnnamed(folder);
            foreach (var journal in Directory.EnumerateFiles(folder, "*" + SpoolAccount.Ending).Order(StringComparer.Ordinal).ToList())
            {
                yield return new SpoolAccount(this, journal[..^SpoolAccount.Ending.Length]);
            }
        }
    }

    /// <summary>A place for what one context hands over.</summary>
    public SpoolAccount Begin() => new(this, _own is null ? null : Path.Combine(_own, Interlocked.Increment(ref _accounts).ToString("D8", null)));

    /// <summary>Takes room.</summary>
    /// <returns>False when that much is not left.</returns>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) <= maxBytes)
        {
            return true;
        }

        Interlocked.Add(ref _bytes, -bytes);
        return false;
    }

    /// <summary>Counts what lies here already, within the bound or not.</summary>
    public void Count(long bytes) => Interlocked.Add(ref _bytes, bytes);

    public void Release(long bytes) => Interlocked.Add(ref _bytes, -bytes);

    /// <summary>Lets go of the folders; those with nothing left in them are removed.</summary>
    public void Dispose()
    {
        foreach (var (held, folder) in _held)
        {
            var isEmpty = TryDelete(folder);
            held.Dispose();
            if (isEmpty)
            {
                File.Delete(folder + LockEnding);
            }
        }

        _held.Clear();
        _own = null;
    }

    // Audio whose process ended before its journal was begun: it belongs to no context, so nothing else would ever remove it.
    private static void RemoveUnnamed(string folder)
    {
        foreach (var audio in Directory.EnumerateFiles(folder, "*.wav").ToList())
        {
            var account = Path.GetFileName(audio).Split('.')[0];
            if (!File.Exists(Path.Combine(folder, account + SpoolAccount.Ending)))
            {
                File.Delete(audio);
            }
        }
    }

    private static FileStream? TryLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            // Its process lives, or another one was quicker.
            return null;
        }
    }

    private static bool TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
