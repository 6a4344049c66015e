using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Grains.Sessions;
using Xunit;

namespace TtsGrains.Grains.Tests.Sessions;

public sealed class SessionContextsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly SessionContexts _contexts = new();

    [Fact]
    public void Add_Contexts_NumbersThemFromOne()
    {
        Assert.Equal([1, 2, 3], Enumerable.Range(0, 3).Select(i => Add($"c{i}")));
        Assert.Equal((3, 3), (_contexts.OpenCount, _contexts.KeptCount));
        Assert.Equal(2, _contexts.Find("c1")!.Ordinal);
        Assert.Null(_contexts.Find("c3"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20_000)]
    public void Add_Context_ChangesOnePageOfBoundedSize(int ordinal)
    {
        for (var i = 1; i < ordinal; i++)
        {
            Add($"c{i}");
        }

        Store();
        Add("next");

        var page = Assert.Single(_contexts.ChangedPages);
        Assert.Equal(_contexts.PageCount - 1, page);
        Assert.InRange(_contexts.Page(page).Count, 1, SessionContexts.PageSize);
    }

    [Fact]
    public void Replace_Context_ChangesItsPageAndTheCounts()
    {
        for (var i = 0; i <= SessionContexts.PageSize; i++)
        {
            Add($"c{i}");
        }

        Store();
        _contexts.Replace(_contexts.Find("c0")! with { IsOpen = false, Frames = 3, IsKept = false });

        Assert.Equal([0], _contexts.ChangedPages);
        Assert.Equal((SessionContexts.PageSize, SessionContexts.PageSize), (_contexts.OpenCount, _contexts.KeptCount));
        Assert.Equal(3, _contexts.Find("c0")!.Frames);
    }

    [Fact]
    public void Replace_SameContext_ChangesNoPage()
    {
        Add("c");
        Store();

        _contexts.Replace(_contexts.Find("c")! with { IsOpen = true });

        Assert.Empty(_contexts.ChangedPages);
    }

    [Fact]
    public void Load_Pages_RestoresAll()
    {
        for (var i = 0; i < (2 * SessionContexts.PageSize) + 1; i++)
        {
            Add($"c{i}");
        }

        _contexts.Replace(_contexts.Find("c5")! with { IsOpen = false });
        var loaded = new SessionContexts();
        for (var page = 0; page < _contexts.PageCount; page++)
        {
            loaded.Load(_contexts.Page(page));
        }

        Assert.Equal<SessionContext>(_contexts.All, loaded.All);
        Assert.Equal((_contexts.OpenCount, _contexts.KeptCount), (loaded.OpenCount, loaded.KeptCount));
        Assert.Equal(40, loaded.Find("c39")!.Ordinal);
        Assert.Empty(loaded.ChangedPages);
    }

    private int Add(string key) => _contexts.Add(key, Now, isKept: true);

    private void Store()
    {
        foreach (var page in _contexts.ChangedPages.ToArray())
        {
            _contexts.BeginStore(page);
        }
    }
}
