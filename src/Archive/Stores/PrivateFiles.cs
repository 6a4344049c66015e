using System.Runtime.Versioning;

namespace TtsGrains.Archive.Stores;

/// <summary>Creates folders and files that only the user of the process can read: 0700 and 0600. On Windows they inherit the rights of their folder.</summary>
public static class PrivateFiles
{
    private const UnixFileMode Folder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Creates the folder that all others are in. One that exists and that others can enter is closed to them.</summary>
    public static DirectoryInfo CreateRoot(string path)
    {
        var folder = CreateFolder(path);
        if (!OperatingSystem.IsWindows() && (folder.UnixFileMode & ~Folder) != UnixFileMode.None)
        {
            Close(folder);
        }

        return folder;
    }

    /// <summary>Creates a folder unless it exists.</summary>
    public static DirectoryInfo CreateFolder(string path)
        => OperatingSystem.IsWindows() ? Directory.CreateDirectory(path) : Directory.CreateDirectory(path, Folder);

    /// <summary>Opens a file to write, without a buffer.</summary>
    public static FileStream Create(string path, FileMode mode, FileAccess access, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = PrivateFile;
        }

        return new FileStream(path, options);
    }

    [UnsupportedOSPlatform("windows")]
    private static void Close(DirectoryInfo folder)
    {
        try
        {
            folder.UnixFileMode &= Folder;
        }
        catch (UnauthorizedAccessException)
        {
            // Of another user, such as the root of a mounted volume. What is created in it is private all the same.
        }
    }
}
