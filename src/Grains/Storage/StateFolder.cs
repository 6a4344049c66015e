using System.Security.Cryptography;
using System.Text;
using TtsGrains.Archive.Stores;

namespace TtsGrains.Grains.Storage;

/// <summary>The folder that holds one process's grain state: a file for each state, in subfolders by the first byte of its name. Private to its user.</summary>
internal sealed class StateFolder(string root) : IDisposable
{
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private FileStream? _lock;

    /// <summary>Creates the folder when it is missing, and locks it for this process.</summary>
    /// <exception cref="SettingsException">It cannot be used, or another process uses it.</exception>
    public void Open()
    {
        try
        {
            PrivateFiles.CreateRoot(root);
            _lock = new FileStream(Path.Combine(root, "lock"), Options(FileMode.OpenOrCreate, FileShare.None));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"Data: the grain state in {root} cannot be used ({refused.Message}). Each running service needs a data folder of its own.", refused);
        }
    }

    /// <summary>The file of a state. Its name is a digest, so that any grain id gives a short and valid one.</summary>
    public string PathOf(string owner)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(owner)));
        return Path.Combine(root, name[..2], $"{name}.state");
    }

    /// <summary>Reads a state. Returns null if there is none.</summary>
    /// <exception cref="InvalidDataException">The file is damaged; the message names it.</exception>
    public static StateFile? Read(string path)
    {
        try
        {
            return StateFile.Decode(File.ReadAllBytes(path));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (InvalidDataException damaged)
        {
            throw new InvalidDataException($"The grain state {path} cannot be read: {damaged.Message}. Restore it from a backup, or delete it to forget that state.", damaged);
        }
    }

    /// <summary>Writes the bytes beside the state's file and flushes them to the disk; <see cref="Publish"/> then puts them in its place.</summary>
    /// <returns>The path of the new file.</returns>
    public static string Prepare(string path, byte[] bytes)
    {
        PrivateFiles.CreateFolder(Path.GetDirectoryName(path)!);
        var prepared = path + ".new";
        using var file = new FileStream(prepared, Options(FileMode.Create, FileShare.None));
        file.Write(bytes);
        file.Flush(flushToDisk: true);
        return prepared;
    }

    /// <summary>Replaces the state's file in one step.</summary>
    public static void Publish(string prepared, string path) => File.Move(prepared, path, overwrite: true);

    public void Dispose() => _lock?.Dispose();

    private static FileStreamOptions Options(FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = PrivateFile;
        }

        return options;
    }
}
