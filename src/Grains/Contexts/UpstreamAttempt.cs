using System.Buffers;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Interfaces.Connections;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.Grains.Contexts;

/// <summary>
/// One upstream context that speaks for a context of ours. There may be several, one after the other: an upstream forgets a context about a
/// second after its last audio.
/// </summary>
internal sealed class UpstreamAttempt
{
    private const int TypicalMessage = 1024;

    private readonly IConnectionGrain _connection;
    private readonly UpstreamRequestWriter _writer;
    private readonly string _upstreamContextId;

    private UpstreamAttempt(int number, ConnectionKey key, IConnectionGrain connection, string upstreamContextId, UpstreamRequestWriter writer)
    {
        (Number, Key) = (number, key);
        _connection = connection;
        _upstreamContextId = upstreamContextId;
        _writer = writer;
    }

    /// <summary>Counts the attempts of one context, from 1.</summary>
    public int Number { get; }

    /// <summary>The socket that it speaks over.</summary>
    public ConnectionKey Key { get; }

    /// <summary>Opens an upstream context with its first message, in the place that was given to it. The place is given back when that fails.</summary>
    /// <param name="number">Which attempt.</param>
    /// <param name="context">The context.</param>
    /// <param name="terms">How to speak.</param>
    /// <param name="upstream">The upstream.</param>
    /// <param name="first">The first message.</param>
    /// <param name="place">The socket with the place.</param>
    /// <param name="pool">Whose place it is.</param>
    /// <param name="grains">Finds the connection.</param>
    /// <returns>Null when the socket ended between being chosen and being used.</returns>
    /// <exception cref="InvalidOperationException">The context does not live on this silo.</exception>
    public static async Task<UpstreamAttempt?> OpenAsync(
        int number,
        ContextKey context,
        ContextTerms terms,
        UpstreamOptions upstream,
        ContextInput first,
        ConnectionKey place,
        UpstreamPool pool,
        IGrainFactory grains)
    {
        var connection = grains.GetGrain<IConnectionGrain>(place.ToString());

        // The provider sees neither our tenants nor the ids that clients chose.
        var id = Guid.NewGuid().ToString("N");
        var writer = new UpstreamRequestWriter(id, terms.ToSettings(), ApiVersion.Parse(upstream.Version));
        var attempt = new UpstreamAttempt(number, place, connection, id, writer);
        var isOpen = false;
        try
        {
            switch (await connection.OpenAsync(context.ToString(), number, id, attempt.Render(first)))
            {
                case SendResult.Sent:
                    isOpen = true;
                    return attempt;
                case SendResult.SocketGone:
                    pool.OnClosed(place);
                    return null;
                default:
                    throw new InvalidOperationException("The context has no log on the silo of its connection.");
            }
        }
        finally
        {
            if (!isOpen)
            {
                pool.OnSlotFree(place);
            }
        }
    }

    /// <summary>Sends a further input.</summary>
    /// <returns>False when the upstream context has ended.</returns>
    public Task<bool> SendAsync(ContextInput input) => _connection.SendAsync(_upstreamContextId, Render(input));

    /// <summary>Cancels the upstream context.</summary>
    public Task CancelAsync()
    {
        var message = new ArrayBufferWriter<byte>(TypicalMessage);
        _writer.WriteCancel(message);
        return _connection.CancelAsync(_upstreamContextId, message.WrittenSpan.ToArray());
    }

    private byte[] Render(ContextInput input)
    {
        var message = new ArrayBufferWriter<byte>(TypicalMessage);
        _writer.WritePush(message, input.Text, input.Flush, input.IsLast, input.GenerationConfig);
        return message.WrittenSpan.ToArray();
    }
}
