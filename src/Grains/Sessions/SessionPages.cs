using Orleans.Storage;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Grains.Sessions;

/// <summary>The stored pages of one session's contexts, behind the first one, which is part of <see cref="SessionState"/>.</summary>
internal sealed class SessionPages(IGrainStorage storage, GrainId session)
{
    // Pages that are read at the same time when a session is loaded.
    private const int ReadBatch = 16;

    private readonly List<GrainState<SessionPage>> _pages = [];

    /// <summary>Reads all pages, the second page of the session first.</summary>
    public async Task ReadAsync(Action<IEnumerable<SessionContext>> onPage)
    {
        while (true)
        {
            var batch = Enumerable.Range(_pages.Count + 1, ReadBatch).Select(ReadAsync).ToArray();
            foreach (var page in await Task.WhenAll(batch))
            {
                if (!page.RecordExists)
                {
                    return;
                }

                onPage(page.State!.Contexts);
                page.State = new SessionPage();
                _pages.Add(page);
            }
        }
    }

    /// <summary>Stores a page; the first is number 1.</summary>
    public async Task WriteAsync(int number, List<SessionContext> contexts)
    {
        while (_pages.Count < number)
        {
            // A page that was erased before may have left an ETag.
            _pages.Add(await ReadAsync(_pages.Count + 1));
        }

        // Only the ETag is kept: the contexts are in memory already.
        var page = _pages[number - 1];
        page.State = new SessionPage { Contexts = contexts };
        try
        {
            await storage.WriteStateAsync(NameOf(number), session, page);
        }
        finally
        {
            page.State = new SessionPage();
        }
    }

    /// <summary>Erases all pages, the last one first: what is left after a failure is still a whole beginning.</summary>
    public async Task ClearAsync()
    {
        for (; _pages.Count > 0; _pages.RemoveAt(_pages.Count - 1))
        {
            await storage.ClearStateAsync(NameOf(_pages.Count), session, _pages[^1]);
        }
    }

    private async Task<GrainState<SessionPage>> ReadAsync(int number)
    {
        var page = new GrainState<SessionPage>(new SessionPage());
        await storage.ReadStateAsync(NameOf(number), session, page);
        return page;
    }

    private static string NameOf(int number) => $"session-contexts-{number}";
}

/// <summary>A stored page of a session's contexts.</summary>
[GenerateSerializer, Alias("tts.SessionPage")]
internal sealed class SessionPage
{
    [Id(0)]
    public List<SessionContext> Contexts { get; set; } = [];
}
