using System.Collections.Immutable;
using TtsGrains.ApiHost.Contexts;
using TtsGrains.Grains.Calls;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Tts;

/// <content>Going on with contexts of a socket that was lost.</content>
internal sealed partial class ClientSocket
{
    // One whose silo has just gone is opened again by the host that had its client.
    private static readonly TimeSpan ReopenTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReopenRetryDelay = TimeSpan.FromMilliseconds(100);

    // Before anything is read: what the client pushes next is for these.
    private async Task ResumeAsync()
    {
        if (_identity.Resumes.Count == 0)
        {
            return;
        }

        var sessionKey = new SessionKey(_identity.Tenant, _identity.Session);
        var elsewhere = _identity.Resumes.Select(resume => resume.ContextId).Where(contextId => FindHere(contextId) is null).ToImmutableArray();
        var sessionGrain = _grains.GetGrain<ISessionGrain>(sessionKey.ToString());
        var session = await GrainRetry.InvokeAsync(() => sessionGrain.ClaimAsync(_identity.SocketId, elsewhere), _time);
        var named = new HashSet<string>(StringComparer.Ordinal);
        var resuming = new List<(string ContextId, Task<ProtocolError?> Refused)>();
        foreach (var resume in _identity.Resumes)
        {
            var key = resume.Find(FindLast, out var contextId, out var offset);
            if (resuming.Count >= _options.MaxContexts)
            {
                Refuse(ErrorCatalogue.TooManyContextsOnSocket(_options.MaxContexts), contextId);
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
                Refuse(error, contextId.Length > 0 ? contextId : null);
            }
        }

        // That a context was opened may still be on its way to the session; its log tells too.
        ContextKey? FindLast(string contextId)
        {
            var here = FindHere(contextId);
            if (here is { } key && _logs.Find(key.ToString()) is { IsClosed: false })
            {
                return here;
            }

            var known = session.Contexts.Select(context => ContextKey.Parse(context.ContextKey)).LastOrDefault(key => key.Context == contextId);
            return known.Context is null ? here : known;
        }

        ContextKey? FindHere(string contextId) => _logs.FindContext(sessionKey, contextId);
    }

    private async Task<ProtocolError?> ResumeAsync(ResumeRequest resume, ContextKey? key, int? offset, bool isOpen)
    {
        if (key is not { } known)
        {
            return offset is null && resume.IsMalformed
                ? ErrorCatalogue.OutOfRange("resume", "<context>:<offset> or a context id; the offset a whole number of at least 0")
                : ErrorCatalogue.ContextNotFound;
        }

        var since = _time.GetTimestamp();
        var handle = _handles.Create(known);
        var attached = await TryAttachAsync(handle, offset);
        while (attached is null && isOpen && _time.GetElapsedTime(since) < ReopenTimeout)
        {
            await Task.Delay(ReopenRetryDelay, _time);
            handle = _handles.Create(known);
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

        var context = new SocketContext(known, handle, null, this, _writer, _admission, _cancels, _identity.WantsOffsets);
        _contexts.Add(context);

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
