using System.Collections.Immutable;
using TtsGrains.ApiHost.Contexts;
using TtsGrains.Grains.Calls;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Tts;

/// <summary>Continues the contexts of a socket that was lost.</summary>
internal sealed class SocketResumption(
    SocketIdentity identity, SocketContexts contexts, SocketContextOpener opener, SocketAnswers answers, SocketServices services)
{
    // One whose silo has just gone is opened again by the host that had its client.
    private static readonly TimeSpan ReopenTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReopenRetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly SessionKey _session = new(identity.Tenant, identity.Session);

    /// <summary>Before anything is read: what the client pushes next is for these.</summary>
    public async Task RunAsync()
    {
        if (identity.Resumes.Count == 0)
        {
            return;
        }

        var elsewhere = identity.Resumes.Select(resume => resume.ContextId).Where(contextId => FindHere(contextId) is null).ToImmutableArray();
        var sessionGrain = services.Grains.GetGrain<ISessionGrain>(_session.ToString());
        var session = await GrainRetry.InvokeAsync(() => sessionGrain.ClaimAsync(identity.SocketId, elsewhere), services.Time);
        var most = services.Options.MaxContexts;
        var named = new HashSet<string>(StringComparer.Ordinal);
        var resuming = new List<(string ContextId, Task<ProtocolError?> Refused)>();
        foreach (var resume in identity.Resumes)
        {
            var key = resume.Find(FindLast, out var contextId, out var offset);
            if (resuming.Count >= most)
            {
                answers.Refuse(ErrorCatalogue.TooManyContextsOnSocket(most), contextId);
            }
            else if (named.Add(contextId))
            {
                // Side by side: an owner that died with its host keeps each of them waiting for its answer.
                var isOpen = session.Contexts.Any(context => context.IsOpen && context.ContextKey == key?.ToString());
                resuming.Add((contextId, ResumeAsync(resume, key, offset, isOpen)));
            }
        }

        foreach (var (contextId, refused) in resuming)
        {
            if (await refused is { } error)
            {
                answers.Refuse(error, contextId.Length > 0 ? contextId : null);
            }
        }

        // That a context was opened may still be on its way to the session; its log tells too.
        ContextKey? FindLast(string contextId)
        {
            var here = FindHere(contextId);
            if (here is { } key && services.Logs.Find(key.ToString()) is { IsClosed: false })
            {
                return here;
            }

            var known = session.Contexts.Select(context => ContextKey.Parse(context.ContextKey)).LastOrDefault(key => key.Context == contextId);
            return known.Context is null ? here : known;
        }
    }

    private ContextKey? FindHere(string contextId) => services.Logs.FindContext(_session, contextId);

    private async Task<ProtocolError?> ResumeAsync(ResumeRequest resume, ContextKey? key, int? offset, bool isOpen)
    {
        if (key is not { } known)
        {
            return offset is null && resume.IsMalformed
                ? ErrorCatalogue.OutOfRange("resume", "<context>:<offset> or a context id; the offset a whole number of at least 0")
                : ErrorCatalogue.ContextNotFound;
        }

        var since = services.Time.GetTimestamp();
        var handle = services.Handles.Create(known);
        var attached = await TryAttachAsync(handle, offset);
        while (attached is null && isOpen && services.Time.GetElapsedTime(since) < ReopenTimeout)
        {
            await Task.Delay(ReopenRetryDelay, services.Time);
            handle = services.Handles.Create(known);
            attached = await TryAttachAsync(handle, offset);
        }

        if (attached is null)
        {
            return ErrorCatalogue.ContextNotFound;
        }

        if (attached.From > attached.Count)
        {
            return ErrorCatalogue.ResumeAhead(attached.From, attached.Count);
        }

        var context = opener.Create(known, handle);
        contexts.Add(context);
        context.Resume(attached);
        return null;
    }

    private static async Task<AttachResult?> TryAttachAsync(IContextHandle handle, int? offset)
    {
        try
        {
            return await handle.AttachAsync(offset);
        }
        catch (SiloDrainingException)
        {
            // It was handed over in this moment.
            return null;
        }
    }
}
