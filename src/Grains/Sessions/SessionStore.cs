using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Grains.Sessions;

/// <summary>
/// Stores the state of one session. There is one write at a time; all changes that are made meanwhile share the next one, so that a write to the disk does
/// not limit the rate of openings. Belongs to the session's grain and is not thread-safe.
/// </summary>
/// <param name="stored">The session with the first page of its contexts.</param>
/// <param name="pages">The further pages.</param>
/// <param name="contexts">Gets the contexts.</param>
/// <param name="registerTimer">Registers a timer of the grain.</param>
/// <param name="sessionKey">Names the session in the log.</param>
/// <param name="logger">Receives failures.</param>
internal sealed partial class SessionStore(
    IPersistentState<SessionState> stored,
    SessionPages pages,
    Func<SessionContexts> contexts,
    Func<Func<CancellationToken, Task>, TimeSpan, IGrainTimer> registerTimer,
    string sessionKey,
    ILogger logger)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(3);

    private IGrainTimer? _storing;
    private Task _write = Task.CompletedTask;
    private Task? _nextWrite;

    /// <summary>True if the session's reference has changed and is not stored yet.</summary>
    public bool IsReferenceChanged { get; set; }

    /// <summary>Stores all changes. Completes when they are stored, or will be stored later because the storage is away.</summary>
    public Task StoreAsync() => _nextWrite ??= WriteNextAsync();

    private async Task WriteNextAsync()
    {
        // Also lets the caller keep this task before it ends.
        await Task.Yield();
        await _write;
        (_write, _nextWrite) = (_nextWrite!, null);

        // Changes that cannot be stored now are stored later, and callers do not wait for it.
        if (_storing is null && !await TryStoreAsync())
        {
            _storing = registerTimer(StoreAgainAsync, RetryDelay);
        }
    }

    /// <summary>Completes when the writes that are under way or due are done.</summary>
    public Task WhenStoredAsync() => _nextWrite ?? _write;

    /// <summary>Reads the pages behind the first one.</summary>
    public Task ReadPagesAsync(Action<IEnumerable<SessionContext>> onPage) => pages.ReadAsync(onPage);

    /// <summary>Erases the stored session. A failure leaves a whole beginning of it.</summary>
    public async Task ClearAsync()
    {
        await WhenStoredAsync();
        await pages.ClearAsync();
        await stored.ClearStateAsync();
        stored.State = new SessionState();
        IsReferenceChanged = false;
    }

    private async Task StoreAgainAsync(CancellationToken cancellationToken)
    {
        if (await TryStoreAsync() && contexts().ChangedPages.Count == 0)
        {
            _storing?.Dispose();
            _storing = null;
        }
    }

    private async Task<bool> TryStoreAsync()
    {
        try
        {
            // From the first page on, so that what is stored is a whole beginning at any time.
            foreach (var page in contexts().ChangedPages.ToArray())
            {
                await StorePageAsync(page);
            }

            if (IsReferenceChanged)
            {
                await StorePageAsync(0);
            }

            return true;
        }
        catch (Exception e)
        {
            LogNotStored(logger, sessionKey, e.Message);
            return false;
        }
    }

    private async Task StorePageAsync(int page)
    {
        var wasReferenceChanged = IsReferenceChanged;
        var snapshot = contexts().BeginStore(page);
        try
        {
            await StorePageAsync(page, snapshot);
        }
        catch
        {
            contexts().OnStoreFailed(page);
            IsReferenceChanged |= wasReferenceChanged;
            throw;
        }
    }

    private async Task StorePageAsync(int page, List<SessionContext> snapshot)
    {
        if (page > 0)
        {
            await pages.WriteAsync(page, snapshot);
        }
        else
        {
            stored.State.Contexts = snapshot;
            IsReferenceChanged = false;
            await stored.WriteStateAsync();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {SessionKey} could not be stored yet: {Reason}")]
    private static partial void LogNotStored(ILogger logger, string sessionKey, string reason);
}
