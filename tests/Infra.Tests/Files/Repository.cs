namespace TtsGrains.Infra.Tests.Files;

/// <summary>The files of the repository.</summary>
internal static class Repository
{
    private static readonly DirectoryInfo Root = Find();

    public static string PathOf(string file) => Path.Combine(Root.FullName, file);

    public static string Read(string file) => File.ReadAllText(PathOf(file));

    /// <summary>All files of a folder and those in it, relative to the repository.</summary>
    public static IReadOnlyList<string> List(string folder, string pattern)
        => [.. Directory.GetFiles(PathOf(folder), pattern, SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Root.FullName, file)).Order(StringComparer.Ordinal)];

    private static DirectoryInfo Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "TtsGrains.sln")))
            {
                return folder;
            }
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds TtsGrains.sln.");
    }
}
