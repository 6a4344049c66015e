using System.Collections.Concurrent;

namespace TtsGrains.Testing;

/// <summary>
/// A script that speaks in time: a piece of every text at each beat, until the text ends. A text that is sent again is spoken at once up to where it was:
/// real upstreams make speech much faster than it plays. Thread-safe.
/// </summary>
public sealed class PacedSpeech : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, int> _spoken = new(StringComparer.Ordinal);
    private readonly PeriodicTimer _timer;
    private readonly Task _beating;
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="beat">The time between two pieces.</param>
    /// <param name="charactersPerBeat">The length of a piece, UTF-16 units.</param>
    public PacedSpeech(TimeSpan beat, int charactersPerBeat)
    {
        CharactersPerBeat = charactersPerBeat;
        _timer = new PeriodicTimer(beat);
        _beating = BeatAsync();
    }

    /// <summary>The length of a piece, UTF-16 units. May be changed at any time.</summary>
    public int CharactersPerBeat { get; set; }

    /// <summary>Answers a message as <see cref="ScriptedContext.Answer"/> does, but in time.</summary>
    public async Task AnswerAsync(ScriptedContext context, ScriptedMessage message)
    {
        var text = message.IsCancel ? "" : message.Transcript;
        for (int at = 0, length; at < text.Length && !context.Socket.IsClosed; at += length)
        {
            if (at >= _spoken.GetValueOrDefault(text))
            {
                await Volatile.Read(ref _next).Task;
                _spoken[text] = at;
            }

            length = Math.Min(CharactersPerBeat, text.Length - at);
            context.Chunk(text.AsSpan(at, length));
        }

        if (message.Flushes)
        {
            context.FlushDone();
        }

        if (message.IsCancel || !message.Continues)
        {
            context.Done();
        }
    }

    /// <summary>Forgets the texts that were spoken. To be called when none is.</summary>
    public void Forget() => _spoken.Clear();

    /// <summary>Ends the beat; texts that wait for it end too.</summary>
    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _beating;
        Volatile.Read(ref _next).TrySetResult();
    }

    private async Task BeatAsync()
    {
        while (await _timer.WaitForNextTickAsync())
        {
            Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        }
    }
}
