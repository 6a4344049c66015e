using TtsGrains.Archive.Spooling;
using Xunit;

namespace TtsGrains.Archive.Tests;

public sealed class SpareFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spares-");
    private readonly SpareFiles _spares = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void FileTaken_TakesTheNextPlaceEmpty()
    {
        _spares.Take(Write("first", "Said."));
        Assert.Equal(0, Assert.Single(_folder.GetFiles()).Length);

        _spares.TryPlace(PathOf("second"));
        _spares.TryPlace(PathOf("third"));

        var placed = Assert.Single(_folder.GetFiles());
        Assert.Equal(("second", 0), (placed.Name, placed.Length));
    }

    [Fact]
    public void FileTaken_ThenRemovedBySomethingElse_TakesNoPlace()
    {
        _spares.Take(Write("first", "Said."));
        Assert.Single(_folder.GetFiles()).Delete();

        _spares.TryPlace(PathOf("second"));

        Assert.Empty(_folder.GetFiles());
    }

    [Fact]
    public void MoreThanAreKept_AreDeleted()
    {
        foreach (var i in Enumerable.Range(0, 100))
        {
            _spares.Take(Write($"{i}", "Said."));
        }

        Assert.Equal(64, _folder.GetFiles("*" + SpareFiles.Ending).Length);
        _spares.Clear();
        Assert.Empty(_folder.GetFiles());
    }

    private string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);
}
