using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Interfaces.Connections;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Pronunciations;
using TtsGrains.Grains.Upstreams;
using TtsGrains.Protocol;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.Grains.Contexts.Attempts;

/// <summary>
/// One upstream context that speaks for a context of ours. There may be several, one after the other: an upstream forgets a context about a
/// second after its last audio.
/// </summary>
internal sealed class UpstreamAttempt
{
    private readonly UpstreamConnection _connection;
    private readonly UpstreamRequestWriter _writer;
    private readonly string _upstreamContextId;

    private UpstreamAttempt(AttemptStart start, UpstreamConnection connection, string upstreamContextId, UpstreamRequestWriter writer)
    {
        Start = start;
        _connection = connection;
        _upstreamContextId = upstreamContextId;
        _writer = writer;
    }

    /// <summary>Where in the context's log it begins.</summary>
    public AttemptStart Start { get; }

    /// <summary>Whether it was sent anything that must have audio.</summary>
    public bool HasSentWords { get; set; }

    /// <summary>Whether it has spoken.</summary>
    public bool HasAudio => Start.Watch.HasAudio;

    /// <summary>The socket that it speaks over.</summary>
    public ConnectionKey Key => _connection.Key;

    /// <summary>Opens an upstream context with its first message, in the place that was given to it. The place is given back when that fails.</summary>
    /// <param name="start">Where it begins.</param>
    /// <param name="tenant">Whose context it is.</param>
    /// <param name="settings">How to speak.</param>
    /// <param name="upstream">The upstream.</param>
    /// <param name="first">The first message.</param>
    /// <param name="connection">The socket with the place.</param>
    /// <param name="feed">Receives the frames.</param>
    /// <param name="pool">Whose place it is.</param>
    /// <returns>Null when the socket ended between being chosen and being used.</returns>
    public static UpstreamAttempt? Open(
        AttemptStart start, string tenant, ContextSettings settings, UpstreamOptions upstream, ContextInput first, UpstreamConnection connection, AttemptFrames feed, UpstreamPool pool)
    {
        var isOpen = false;
        try
        {
            // The provider sees neither our tenants nor the ids that clients chose.
            var id = Guid.NewGuid().ToString("N");
            var speech = PronunciationRequest.SettingsFor(settings, connection.Key.Upstream, upstream.Pronunciations);
            var attempt = new UpstreamAttempt(start, connection, id, new UpstreamRequestWriter(id, speech, ApiVersion.Parse(upstream.Version)));
            isOpen = connection.TryOpen(id, feed, tenant, attempt.Render(first));
            if (!isOpen)
            {
                pool.OnClosed(connection.Key);
            }

            return isOpen ? attempt : null;
        }
        finally
        {
            if (!isOpen)
            {
                pool.OnSlotFree(connection.Key, tenant);
            }
        }
    }

    /// <summary>Sends a further input. Has no effect when the upstream context has ended.</summary>
    /// <returns>False if it has ended.</returns>
    public bool Send(ContextInput input) => _connection.TrySend(_upstreamContextId, Render(input));

    /// <summary>
    /// Audio, or an end, is due. An end that was asked for is due at once. Without one the upstream may wait for more text, first for as long as it was
    /// allowed to, and for a word that may not be whole once more.
    /// </summary>
    public void ExpectProgress(bool isEndDue, int maxBufferDelayMs)
        => Start.Watch.Expect(isEndDue ? TimeSpan.Zero : TimeSpan.FromMilliseconds(2 * maxBufferDelayMs));

    /// <summary>Cancels the upstream context.</summary>
    public void Cancel()
    {
        var message = new OutgoingMessage();
        _writer.WriteCancel(message);
        _connection.Cancel(_upstreamContextId, message);
    }

    private OutgoingMessage Render(ContextInput input)
    {
        var message = new OutgoingMessage();
        _writer.WritePush(message, input.Text, input.Flush, input.IsLast, input.GenerationConfig);
        return message;
    }
}
