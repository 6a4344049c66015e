using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace TtsGrains.ApiHost.WebConsole;

/// <summary>The files of the console, which lie beside the program wherever it is started from.</summary>
internal static class ConsoleFiles
{
    private const string Page = "index.html";

    private static readonly FileExtensionContentTypeProvider ContentTypes = new();

    /// <summary>Gets the folder of the files.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "wwwroot", "console");

    /// <summary>Returns the file of a path below <c>/console</c>; null if there is none.</summary>
    /// <param name="files">The files.</param>
    /// <param name="path">The path; null or empty is the page.</param>
    public static ConsoleFile? Find(IFileProvider files, string? path)
    {
        var name = string.IsNullOrEmpty(path) ? Page : path;
        var file = files.GetFileInfo(name);
        return file is { Exists: true, IsDirectory: false } && ContentTypes.TryGetContentType(name, out var type) ? new ConsoleFile(file, type) : null;
    }
}

/// <summary>A file of the console.</summary>
/// <param name="File">The file.</param>
/// <param name="ContentType">Its media type.</param>
internal sealed record ConsoleFile(IFileInfo File, string ContentType);
