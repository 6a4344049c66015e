using TtsGrains.ApiHost.Contexts;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.ApiHost.Tts;

/// <summary>Decides which messages open a context of a socket, and makes these contexts.</summary>
/// <param name="identity">Who is on the socket.</param>
/// <param name="contexts">Its contexts.</param>
/// <param name="writer">Writes to it.</param>
/// <param name="answers">Tells the client of errors.</param>
/// <param name="owner">The socket.</param>
/// <param name="places">Asks for places in the session.</param>
/// <param name="trace">Its spans.</param>
/// <param name="services">The services of the host.</param>
internal sealed class SocketContextOpener(
    SocketIdentity identity,
    SocketContexts contexts,
    ClientSocketWriter writer,
    SocketAnswers answers,
    ISocketContextOwner owner,
    PlaceClaims places,
    SocketTrace trace,
    SocketServices services)
{
    private readonly PendingCancels _cancels = new();
    private int _opened;

    /// <summary>Why no more contexts are opened once the socket is about to end.</summary>
    public ProtocolError StopError { get; set; } = ErrorCatalogue.ShuttingDown;

    /// <summary>Opens a context, unless the message is late for one that is over, or wrong: then the client is told.</summary>
    public SocketContext? TryOpen(ClientMessage message, string contextId)
    {
        if (contexts.IsRest(contextId, message))
        {
            return null;
        }

        if (Check(message, contextId, out var settings) is { } error)
        {
            answers.Refuse(error, contextId, hasMore: message.Continue);
            return null;
        }

        return TryAdd(contextId, identity.Options.Apply(ContextSettings.From(settings!, identity.Version)), isNumbered: message.Input is not null, message.IsArchived);
    }

    /// <summary>The context that is open for an id, or the next one that is opened for it; null when the socket is about to end.</summary>
    public SocketContext? FindOrOpenNext(string contextId, ContextSettings settings)
    {
        if (contexts.Find(contextId) is { } open)
        {
            return open;
        }

        return contexts.IsStopping ? null : TryAdd(contextId, settings, isNumbered: false, isArchived: true) ?? contexts.Find(contextId);
    }

    /// <summary>Makes a context that another socket has opened.</summary>
    public SocketContext Create(ContextKey key, IContextHandle handle)
        => new(key, handle, null, owner, writer, services.Admission, _cancels, identity.WantsOffsets);

    private SocketContext? TryAdd(string contextId, ContextSettings settings, bool isNumbered, bool isArchived)
    {
        var context = Create(contextId, settings, isArchived);
        if (!contexts.TryAdd(context, isNumbered))
        {
            return null;
        }

        ClaimPlace(context, isNumbered);
        return context;
    }

    private SocketContext Create(string contextId, ContextSettings settings, bool isArchived)
    {
        var key = new ContextKey(identity.Tenant, identity.Session, contextId, $"{identity.SocketId}.{Interlocked.Increment(ref _opened)}");
        var span = trace.StartContext(key, settings.ModelId);
        return new SocketContext(
            key,
            services.Handles.Create(key),
            settings with { TraceParent = span.TraceParent },
            owner,
            writer,
            services.Admission,
            _cancels,
            identity.WantsOffsets)
        { Trace = span, IsArchived = isArchived };
    }

    // A context that is refused touches no session. One that finds room a moment later takes its place then.
    private void ClaimPlace(SocketContext context, bool isNumbered)
    {
        if (services.Admission.Admit(context.Key) == 0)
        {
            context.Place = places.Add(context.Key, isNumbered);
        }
    }

    private ProtocolError? Check(ClientMessage message, string contextId, out SpeechSettings? settings)
    {
        settings = null;
        if (message.Input is > 0 and var number)
        {
            return contexts.IsFinished(contextId) ? ErrorCatalogue.ContextClosed : ErrorCatalogue.InputWithoutContext(number);
        }

        if (ContextOpening.Check(message, identity.Version, out settings) is { } error)
        {
            return message.ModelId is null && contexts.IsFinished(contextId) ? ErrorCatalogue.ContextClosed : error;
        }

        var options = services.Options;
        return contexts.IsStopping ? StopError
            : contexts.Count >= options.MaxContexts ? ErrorCatalogue.TooManyContextsOnSocket(options.MaxContexts)
            : options.Check(settings!.ModelId) ?? services.Rates.CountContext(identity.Tenant, isArchived: message.IsArchived && !identity.Options.IsNotKept);
    }
}
