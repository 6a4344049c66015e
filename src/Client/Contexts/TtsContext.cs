using System.Runtime.CompilerServices;
using TtsGrains.Client.Events;

namespace TtsGrains.Client.Contexts;

/// <summary>
/// One utterance: text goes in piece by piece, events come out while it is spoken. Inputs may come from one thread while another reads.
/// Disposing a context that is not done cancels it.
/// </summary>
public sealed class TtsContext : IAsyncDisposable
{
    private readonly ContextChannel _channel;
    private int _isRead;

    internal TtsContext(ContextChannel channel) => _channel = channel;

    /// <summary>The context's id.</summary>
    public string Id => _channel.Id;

    /// <summary>
    /// Says a text: verbatim behind what was pushed before, so a space between two words must be in one of them.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="expression">How it is spoken from here on; null for no change.</param>
    /// <param name="cancellationToken">Ends the wait, not the push: cancel the context for that.</param>
    /// <returns>Completes when the text has gone out; during a reconnect that takes longer.</returns>
    /// <exception cref="TtsException">The context has failed.</exception>
    /// <exception cref="InvalidOperationException">The context was completed or cancelled.</exception>
    public Task PushAsync(string text, Expression? expression = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _channel.SubmitAsync(text, flush: false, isLast: false, expression, cancellationToken);
    }

    /// <summary>Speaks all that was pushed, without waiting for more, and ends the segment: one <see cref="FlushDoneEvent"/> will follow it.</summary>
    /// <inheritdoc cref="PushAsync"/>
    public Task FlushAsync(CancellationToken cancellationToken = default)
        => _channel.SubmitAsync("", flush: true, isLast: false, expression: null, cancellationToken);

    /// <summary>Says that no more text comes: the context ends when all is spoken.</summary>
    /// <inheritdoc cref="PushAsync"/>
    public Task CompleteAsync(CancellationToken cancellationToken = default)
        => _channel.SubmitAsync("", flush: false, isLast: true, expression: null, cancellationToken);

    /// <summary>Stops at once: no event is read any more, not even those that wait. Harmless when the context is over.</summary>
    /// <returns>Completes when the service was told.</returns>
    public Task CancelAsync() => _channel.CancelAsync();

    /// <summary>The events of the context, to its end. May be called once.</summary>
    /// <param name="cancellationToken">Cancels the context: the service is told, and the loop ends with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="TtsException">The context failed, behind the events that came before.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async IAsyncEnumerable<TtsEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _isRead, 1) != 0)
        {
            throw new InvalidOperationException("The events of a context can be read once.");
        }

        // Not only at the next event: the service is to stop now.
        using var cancelling = cancellationToken.Register(() => _ = CancelAsync());
        while (await _channel.Events.TakeAsync(cancellationToken).ConfigureAwait(false) is { } item)
        {
            yield return item;
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Cancels the context if it is not over.</summary>
    public ValueTask DisposeAsync()
    {
        // A connection that is away must not keep the caller: the word is sent when it is back.
        _ = CancelAsync();
        return ValueTask.CompletedTask;
    }
}
