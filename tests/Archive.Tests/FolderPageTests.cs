using TtsGrains.Archive.Sessions;
using TtsGrains.Archive.Stores;
using Xunit;

namespace TtsGrains.Archive.Tests;

/// <summary>Listing in pages, however much there is.</summary>
[CollectionDefinition(nameof(FolderPageTests), DisableParallelization = true)]
[Collection(nameof(FolderPageTests))]
public sealed class FolderPageTests : IDisposable
{
    private const int Sessions = 100_000;
    private const int Limit = 1000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("archive-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task List_AHundredThousandSessions_PagesThroughAllInMemoryOfOnePage()
    {
        var day = _folder.CreateSubdirectory("acme/days/2026-03-04").FullName;
        // A disk lists a folder in no order; a file system in memory in that of creation.
        var numbers = Enumerable.Range(0, Sessions).ToArray();
        new Random(1).Shuffle(numbers);
        foreach (var i in numbers)
        {
            File.Create(Path.Combine(day, $"{i:D15}-call-{i:D6}")).Dispose();
        }

        var archive = new SessionArchive(new FileSegmentArchive(_folder.FullName, TimeProvider.System));
        var seen = 0;
        var last = "";
        var most = 0L;
        string? cursor = null;
        do
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var (sessions, next) = await archive.ListAsync("acme", new DateOnly(2026, 3, 4), null, cursor, Limit, Token);
            most = Math.Max(most, GC.GetTotalAllocatedBytes(precise: true) - before);
            foreach (var session in sessions)
            {
                Assert.True(string.CompareOrdinal(session.SessionId, last) > 0, $"{session.SessionId} does not come behind {last}.");
                last = session.SessionId;
            }

            seen += sessions.Count;
            cursor = next;
        }
        while (cursor is not null);

        Assert.Equal(Sessions, seen);

        // All names as strings would be 5 MB, with their file entries 30.
        Assert.InRange(most, 0, 4_000_000);
    }
}
