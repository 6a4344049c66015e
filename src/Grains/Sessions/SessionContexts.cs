using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Grains.Sessions;

/// <summary>
/// The contexts of one session by ordinal, in pages of a fixed size that are stored one by one: a context costs the same to find, to add and to
/// store, whatever the length of the session. Not thread-safe.
/// </summary>
internal sealed class SessionContexts
{
    /// <summary>The number of contexts in a page.</summary>
    public const int PageSize = 32;

    private readonly List<SessionContext> _all = [];
    private readonly Dictionary<string, int> _byKey = new(StringComparer.Ordinal);
    private readonly SortedSet<int> _changedPages = [];

    /// <summary>All contexts in the order of their ordinals.</summary>
    public IReadOnlyList<SessionContext> All => _all;

    /// <summary>The number of contexts that are open.</summary>
    public int OpenCount { get; private set; }

    /// <summary>The number of contexts that the archive may have.</summary>
    public int KeptCount { get; private set; }

    /// <summary>The number of pages that the contexts fill.</summary>
    public int PageCount => (_all.Count + PageSize - 1) / PageSize;

    /// <summary>The pages with changes that are not stored yet, the lowest first.</summary>
    public IReadOnlyCollection<int> ChangedPages => _changedPages;

    /// <summary>Returns null if the session does not have the context.</summary>
    public SessionContext? Find(string contextKey) => _byKey.TryGetValue(contextKey, out var index) ? _all[index] : null;

    /// <summary>Adds a context that was opened; it gets the next ordinal.</summary>
    /// <returns>Its ordinal.</returns>
    public int Add(string contextKey, DateTimeOffset openedAt, bool isKept)
    {
        var context = new SessionContext(_all.Count + 1, contextKey, IsOpen: true) { OpenedAt = openedAt, IsKept = isKept };
        Append(context);
        _changedPages.Add(PageOf(context));
        return context.Ordinal;
    }

    /// <summary>Replaces the context of the same ordinal.</summary>
    public void Replace(SessionContext context)
    {
        var before = _all[context.Ordinal - 1];
        if (before == context)
        {
            return;
        }

        Count(before, -1);
        Count(context, 1);
        _all[context.Ordinal - 1] = context;
        _changedPages.Add(PageOf(context));
    }

    /// <summary>Gets the contexts of a page.</summary>
    public List<SessionContext> Page(int page) => _all.GetRange(page * PageSize, Math.Min(PageSize, _all.Count - (page * PageSize)));

    /// <summary>Appends a page that was read from storage. Pages come in their order.</summary>
    public void Load(IEnumerable<SessionContext> page)
    {
        foreach (var context in page)
        {
            Append(context);
        }
    }

    /// <summary>Begins to store a page as it is now. A change from here on marks it as changed again.</summary>
    public List<SessionContext> BeginStore(int page)
    {
        _changedPages.Remove(page);
        return Page(page);
    }

    /// <summary>Marks a page as changed, since it could not be stored.</summary>
    public void OnStoreFailed(int page) => _changedPages.Add(page);

    private static int PageOf(SessionContext context) => (context.Ordinal - 1) / PageSize;

    private void Append(SessionContext context)
    {
        _byKey[context.ContextKey] = _all.Count;
        _all.Add(context);
        Count(context, 1);
    }

    private void Count(SessionContext context, int sign)
    {
        OpenCount += context.IsOpen ? sign : 0;
        KeptCount += context.IsKept ? sign : 0;
    }
}
