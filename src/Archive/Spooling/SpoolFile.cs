using TtsGrains.Archive.Encryption;
using TtsGrains.Archive.Stores;

namespace TtsGrains.Archive.Spooling;

/// <summary>A file of the spool that is written from front to back, but for its beginning, which is known last.</summary>
internal abstract class SpoolFile(FileStream stream) : IDisposable
{
    /// <summary>Creates a file, in the place of one that was not finished.</summary>
    /// <param name="path">Where.</param>
    /// <param name="beginning">Bytes of the beginning that <see cref="Finish"/> will write.</param>
    /// <param name="name">The name that it will have in the archive.</param>
    /// <param name="key">The key to encrypt with; null: it is not encrypted.</param>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static SpoolFile Create(string path, int beginning, string name, TenantKey? key)
    {
        var stream = PrivateFiles.Create(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read);
        return key is null ? new PlainSpoolFile(stream, beginning) : new EncryptedSpoolFile(stream, beginning, name, key);
    }

    /// <summary>The size of a file with so much content.</summary>
    public static long LengthOf(long content, TenantKey? key) => key is null ? content : EncryptedChunks.StoredLength(content);

    /// <exception cref="IOException">The disk refuses.</exception>
    public abstract void Append(ReadOnlySpan<byte> content);

    /// <summary>Completes the file.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public abstract void Finish(ReadOnlySpan<byte> beginning);

    /// <summary>Opens the content of the finished file.</summary>
    public abstract Stream OpenRead();

    public void Dispose() => stream.Dispose();

    protected Stream OpenFile() => new FileStream(stream.Name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
}

/// <summary>A file that is not encrypted.</summary>
internal sealed class PlainSpoolFile(FileStream stream, int beginning) : SpoolFile(stream)
{
    private readonly Microsoft.Win32.SafeHandles.SafeFileHandle _file = stream.SafeFileHandle;
    private long _length = beginning;

    public override void Append(ReadOnlySpan<byte> content)
    {
        RandomAccess.Write(_file, content, _length);
        _length += content.Length;
    }

    public override void Finish(ReadOnlySpan<byte> beginning) => RandomAccess.Write(_file, beginning, 0);

    public override Stream OpenRead() => OpenFile();
}
