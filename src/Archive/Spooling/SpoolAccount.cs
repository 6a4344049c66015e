using System.Text.Json;
using TtsGrains.Archive.Encryption;
using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Stores;
using TtsGrains.Archive.Writing;

namespace TtsGrains.Archive.Spooling;

/// <summary>
/// One line of a context's journal: the first names the context, each further one a segment or, last, how it ended. In an encrypted journal a line with its
/// key comes first, and each line after it holds another one, encrypted.
/// </summary>
internal sealed record SpoolLine(
    ContextIdentity? Context = null, ManifestSegment? Segment = null, ContextSummary? Summary = null, JournalKey? Key = null, byte[]? Encrypted = null);

/// <summary>
/// What one context has in the spool: a journal of JSON lines and the audio that the store has not confirmed. A segment counts once its line is in the
/// journal, which is written after its audio; so a process may end between any two steps.
/// </summary>
internal sealed class SpoolAccount(Spool spool, string? path)
{
    /// <summary>How the name of a journal ends.</summary>
    public const string Ending = ".context";

    private bool _isBegun;
    private JournalCipher? _cipher;

    /// <summary>Whether there is a place on disk at all.</summary>
    public bool IsOnDisk => path is not null;

    /// <summary>Where the audio of a segment lies.</summary>
    public string AudioPath(int flushId) => $"{path}.{flushId}.wav";

    /// <summary>Takes room for audio.</summary>
    public bool TryTake(long bytes) => IsOnDisk && spool.TryTake(bytes);

    public void Release(long bytes) => spool.Release(bytes);

    /// <summary>Notes a segment, or how the context ended. Survives the end of this process when it returns; see <see cref="Sync"/> for the machine's.</summary>
    /// <param name="identity">The context.</param>
    /// <param name="line">What to note.</param>
    /// <param name="key">The key to encrypt with, if this is the first line; null: it is not encrypted.</param>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Append(ContextIdentity identity, SpoolLine line, TenantKey? key)
    {
        using var journal = PrivateFiles.Create(path + Ending, FileMode.Append, FileAccess.Write, FileShare.Read);
        using var lines = new MemoryStream();
        if (!_isBegun)
        {
            _cipher = key is null ? null : JournalCipher.Begin(ArchiveNames.Escape(identity.Tenant), key);
            if (_cipher is not null)
            {
                Write(lines, new SpoolLine(Key: _cipher.Head));
            }

            Write(lines, Encrypt(new SpoolLine(Context: identity)));
        }

        Write(lines, Encrypt(line));
        journal.Write(lines.GetBuffer().AsSpan(0, (int)lines.Length));
        _isBegun = true;
    }

    /// <summary>Has the disk keep what lies here, for the case that the machine stops.</summary>
    public void Sync(int flushId)
    {
        foreach (var file in new[] { AudioPath(flushId), path + Ending })
        {
            if (File.Exists(file))
            {
                using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
                RandomAccess.FlushToDisk(handle);
            }
        }
    }

    /// <summary>Removes the audio of a segment that is stored, or will not be.</summary>
    public void Remove(int flushId, long bytes)
    {
        File.Delete(AudioPath(flushId));
        spool.Release(bytes);
    }

    /// <summary>All of the context is stored.</summary>
    public void Close()
    {
        if (IsOnDisk)
        {
            File.Delete(path + Ending);
        }
    }

    /// <summary>Reads a journal that was left behind. A last line that is not whole was never confirmed to anybody and is passed over.</summary>
    /// <exception cref="UnreadableObjectException">It is encrypted, and its key was deleted, is unknown, or does not fit.</exception>
    public async Task<IReadOnlyList<SpoolLine>> ReadAsync(TenantKeys? keys, CancellationToken cancellationToken)
    {
        (_isBegun, _cipher) = (true, null);
        var lines = new List<SpoolLine>();
        foreach (var text in File.ReadLines(path + Ending))
        {
            if (Parse(text) is not { } line)
            {
                break;
            }

            if (line.Key is { } head && keys is not null)
            {
                _cipher = await JournalCipher.OpenAsync(head, keys, cancellationToken);
            }
            else if ((_cipher is null ? line : _cipher.TryDecrypt(line)) is { } known)
            {
                lines.Add(known);
            }
            else
            {
                break;
            }
        }

        return lines;
    }

    /// <summary>How many bytes of a segment's audio are left here; null when it is stored.</summary>
    public long? FindAudio(int flushId)
    {
        var file = new FileInfo(AudioPath(flushId));
        if (!file.Exists)
        {
            return null;
        }

        spool.Count(file.Length);
        return file.Length;
    }

    /// <summary>Removes all that lies here: it cannot be read any more.</summary>
    public void RemoveAll()
    {
        RemoveUnfinished(new HashSet<int>());
        Close();
    }

    /// <summary>Removes audio without a line in the journal: a segment that was not finished.</summary>
    public void RemoveUnfinished(IReadOnlySet<int> finished)
    {
        var (folder, name) = (Path.GetDirectoryName(path)!, Path.GetFileName(path)!);
        var known = finished.Select(flushId => Path.GetFileName(AudioPath(flushId))).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(folder, $"{name}.*.wav").Where(file => !known.Contains(Path.GetFileName(file))).ToList())
        {
            File.Delete(file);
        }
    }

    private static SpoolLine? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, SpoolJson.Default.SpoolLine);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private SpoolLine Encrypt(SpoolLine line) => _cipher?.Encrypt(line) ?? line;

    private static void Write(MemoryStream lines, SpoolLine line)
    {
        JsonSerializer.Serialize(lines, line, SpoolJson.Default.SpoolLine);
        lines.WriteByte((byte)'\n');
    }
}
