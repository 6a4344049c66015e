using System.Runtime.InteropServices;

namespace TtsGrains.Archive.Stores;

/// <summary>Gives a finished file its name in one step, without ever replacing a file.</summary>
internal static class PlaceFile
{
    private const int FileExists = 17; // EEXIST, the same on Linux and macOS

    /// <summary>Puts the file at <paramref name="path"/> too; it may stay at <paramref name="finished"/>. False when the path was taken.</summary>
    /// <exception cref="IOException">The file system refused.</exception>
    public static bool TryPlace(string finished, string path)
    {
        // File.Move does not do on Unix: it looks whether the name is free and then renames, which replaces. Of two writers, both would win.
        if (TryLink(finished, path) is { } isLinked)
        {
            return isLinked;
        }

        // On Windows this never replaces. On a Unix file system without hard links (some network shares) it is the best there is.
        try
        {
            File.Move(finished, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    /// <summary>Gives the file a second name.</summary>
    /// <returns>False if the name was taken; null if the file system has no hard links, or the names are on two file systems.</returns>
    public static bool? TryLink(string finished, string path)
        => OperatingSystem.IsWindows() ? null
            : Link(finished, path) == 0 ? true
            : Marshal.GetLastPInvokeError() == FileExists ? false
            : null;

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string added);
}
