using System.IO.Enumeration;

namespace TtsGrains.Archive.Stores;

/// <summary>One page of a folder on disk, in ordinal order. The file system lists without order, so each page looks at all names and keeps the first few.</summary>
internal static class FolderPage
{
    /// <param name="folder">Exists.</param>
    /// <param name="after">The name that the page before ended with.</param>
    /// <param name="limit">The most names.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static ArchivePage Read(DirectoryInfo folder, string? after, int limit, CancellationToken cancellationToken)
    {
        // The last of the smallest names lies on top, ready to make room. One more than asked for tells whether a page follows.
        var smallest = new PriorityQueue<string, string>(Comparer<string>.Create((a, b) => string.CompareOrdinal(b, a)));
        foreach (var name in NamesIn(folder, after, () => smallest.Count > limit ? smallest.Peek() : null))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (after is not null && string.CompareOrdinal(name, after) <= 0)
            {
                continue;
            }

            if (smallest.Count <= limit)
            {
                smallest.Enqueue(name, name);
            }
            else
            {
                smallest.EnqueueDequeue(name, name);
            }
        }

        var names = new string[smallest.Count];
        for (var i = names.Length - 1; i >= 0; i--)
        {
            names[i] = smallest.Dequeue();
        }

        return names.Length <= limit ? new ArchivePage(names, null) : new ArchivePage(names[..limit], names[limit - 1]);
    }

    // Most names are passed over without becoming a string: a folder may hold a hundred thousand.
    private static FileSystemEnumerable<string> NamesIn(DirectoryInfo folder, string? after, Func<string?> before) => new(
        folder.FullName,
        static (ref FileSystemEntry entry) => entry.IsDirectory ? string.Concat(entry.FileName, "/") : entry.FileName.ToString(),
        new EnumerationOptions { AttributesToSkip = 0 })
    {
        ShouldIncludePredicate = (ref FileSystemEntry entry) => entry.FileName[0] != '.'
            && (entry.IsDirectory || (IsBehind(entry.FileName, after) && (before() is not { } last || !IsBehind(entry.FileName, last)))),
    };

    private static bool IsBehind(ReadOnlySpan<char> name, string? other) => other is null || name.SequenceCompareTo(other) > 0;
}
