namespace TtsGrains.Tenants.Files;

/// <summary>A tenants file that is being changed. No other editor can open the file meanwhile; hosts can read it, and see all of a change or nothing.</summary>
public sealed class TenantsFileEditor : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path;
    private readonly FileStream _lock;

    private TenantsFileEditor(string path, FileStream held, TenantsDocument document) => (_path, _lock, Document) = (path, held, document);

    /// <summary>What the file holds, with the changes that are not saved yet.</summary>
    public TenantsDocument Document { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isNew">True to begin an empty one if it does not exist.</param>
    /// <exception cref="TenantsFileException">It does not exist, has a fault, or is being changed.</exception>
    public static TenantsFileEditor Open(string path, bool isNew = false)
    {
        // A link stays one.
        path = (File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? Path.GetFullPath(path);
        var held = Lock(path, isNew);
        try
        {
            return new TenantsFileEditor(path, held, Read(path, isNew));
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Replaces the file at once. Only its user can read it.</summary>
    /// <exception cref="TenantsFileException">The change would be a fault.</exception>
    public void Save()
    {
        var content = Document.ToBytes();
        Check(content, "The change is refused");
        var next = _path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Private;
        }

        // What a killed editor left may have other rights.
        File.Delete(next);
        using (var file = new FileStream(next, options))
        {
            file.Write(content);
            file.Write("\n"u8);
            file.Flush(flushToDisk: true);
        }

        File.Move(next, _path, overwrite: true);
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string path, bool isNew)
    {
        if (isNew && Path.GetDirectoryName(path) is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
        }

        try
        {
            return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (DirectoryNotFoundException)
        {
            throw new TenantsFileException($"There is no file {path}.");
        }
        catch (IOException e) when (e is not FileNotFoundException)
        {
            throw new TenantsFileException($"Another command is changing {path}; try again.", e);
        }
    }

    private static TenantsDocument Read(string path, bool isNew)
    {
        if (!File.Exists(path))
        {
            return isNew ? new TenantsDocument(Path.GetFileName(path)) : throw new TenantsFileException($"There is no file {path}.");
        }

        var content = File.ReadAllBytes(path);
        Check(content, $"{path} has a fault; correct it first");
        return TenantsDocument.Parse(content, Path.GetFileName(path));
    }

    private static void Check(byte[] content, string prefix)
    {
        if (new TenantsFileReader().Read(content, out _) is { Count: > 0 } faults)
        {
            throw new TenantsFileException($"{prefix}: {string.Join(" ", faults)}");
        }
    }
}
