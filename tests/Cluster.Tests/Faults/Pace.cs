using System.Collections.Concurrent;
using TtsGrains.Testing;

namespace TtsGrains.Cluster.Tests.Faults;

/// <summary>An upstream that speaks in time: a piece of every text at each beat, as long as there is some left. What it said before it says at once.</summary>
internal sealed class Pace : IAsyncDisposable
{
    private const int CharactersPerBeat = 8;

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<string, int> _said = new(StringComparer.Ordinal);
    private readonly PeriodicTimer _timer = new(Beat);
    private readonly Task _beating;
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Pace() => _beating = BeatAsync();

    /// <summary>Answers a message as <see cref="ScriptedContext.Answer"/> does, but not at once.</summary>
    public async Task AnswerAsync(ScriptedContext context, ScriptedMessage message)
    {
        if (!message.IsCancel)
        {
            for (var at = 0; at < message.Transcript.Length && !context.Socket.IsClosed; at += CharactersPerBeat)
            {
                if (at >= _said.GetValueOrDefault(message.Transcript))
                {
                    await Volatile.Read(ref _next).Task;
                    _said[message.Transcript] = at;
                }

                context.Chunk(message.Transcript.AsSpan(at, Math.Min(CharactersPerBeat, message.Transcript.Length - at)));
            }
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

    /// <summary>Forgets what it has said. To be called when it says nothing.</summary>
    public void Forget() => _said.Clear();

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
