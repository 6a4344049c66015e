using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.ApiHost.Tts;

/// <summary>
/// The client sockets of each session on this host. A client that has lost one and comes back over another may be faster than what it sent over the
/// first: without the other socket's word, the same text would be taken from both.
/// </summary>
internal sealed class SessionSockets
{
    private readonly Lock _gate = new();
    private readonly Dictionary<SessionKey, List<SocketContexts>> _sockets = [];

    /// <summary>Adds the contexts of a socket. To be done before its client can know that it is connected: the client's next one may be here first.</summary>
    /// <returns>Takes them out again.</returns>
    public IDisposable Join(SessionKey session, SocketContexts socket)
    {
        lock (_gate)
        {
            if (!_sockets.TryGetValue(session, out var sockets))
            {
                _sockets.Add(session, sockets = []);
            }

            sockets.Add(socket);
        }

        return new Membership(this, session, socket);
    }

    /// <summary>
    /// Tells the sockets that were in the session before that this one resumes some contexts. Completes when they have done with them what they
    /// were about to do.
    /// </summary>
    public Task TakeOverAsync(SessionKey session, SocketContexts socket, IReadOnlyList<ResumeRequest> resumes)
    {
        SocketContexts[] before;
        lock (_gate)
        {
            before = resumes.Count == 0 ? [] : [.. _sockets[session].TakeWhile(other => other != socket)];
        }

        return Task.WhenAll(before.SelectMany(other => resumes.Select(resume => other.CedeAsync(resume.ContextId))));
    }

    private void Leave(SessionKey session, SocketContexts socket)
    {
        lock (_gate)
        {
            var sockets = _sockets[session];
            sockets.Remove(socket);
            if (sockets.Count == 0)
            {
                _sockets.Remove(session);
            }
        }
    }

    private sealed class Membership(SessionSockets sockets, SessionKey session, SocketContexts socket) : IDisposable
    {
        public void Dispose()
        {
            socket.OnResumed();
            sockets.Leave(session, socket);
        }
    }
}
