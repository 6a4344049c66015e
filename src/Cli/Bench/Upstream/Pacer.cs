namespace TtsGrains.Cli.Bench.Upstream;

/// <summary>One thread that sends every chunk when it is due, so that the upstream costs the same however many contexts speak.</summary>
internal sealed class Pacer
{
    private readonly object _gate = new();
    private readonly PriorityQueue<PacedSpeech, long> _due = new();

    public Pacer() => new Thread(Run) { IsBackground = true, Name = "pacer" }.Start();

    /// <summary>Sends the next message of a speech when it is due.</summary>
    public void Add(PacedSpeech speech)
    {
        lock (_gate)
        {
            _due.Enqueue(speech, speech.NextDue);
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        while (true)
        {
            var speech = TakeDue();
            if (speech.SendNext())
            {
                Add(speech);
            }
        }
    }

    private PacedSpeech TakeDue()
    {
        lock (_gate)
        {
            while (true)
            {
                if (!_due.TryPeek(out var speech, out var due))
                {
                    Monitor.Wait(_gate);
                    continue;
                }

                var wait = TimeProvider.System.GetElapsedTime(TimeProvider.System.GetTimestamp(), due);
                if (wait <= TimeSpan.Zero)
                {
                    return _due.Dequeue();
                }

                Monitor.Wait(_gate, TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)));
            }
        }
    }
}
