namespace TtsGrains.Infra.Tests.Architecture;

/// <summary>The folders of a project and which of the project's other folders each may use.</summary>
internal sealed class FolderTable
{
    /// <param name="text">A row for each folder: its name, then those that it may use.</param>
    public FolderTable(string text)
        => Rows = [.. text.Split('\n').Select(row => row.Split('→')).Select(row => (row[0].Trim(), row[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)))];

    public IReadOnlyList<(string Folder, string[] MayUse)> Rows { get; }

    public IEnumerable<string> Folders => Rows.Select(row => row.Folder);
}
