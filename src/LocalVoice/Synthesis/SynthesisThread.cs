namespace TtsGrains.LocalVoice.Synthesis;

/// <summary>Some work for the synthesis thread.</summary>
internal interface ISynthesisJob
{
    /// <summary>Does the work. Exceptions end with the job.</summary>
    void Run();
}

/// <summary>
/// The one thread that speaks. libespeak-ng keeps its state in globals, so a process has one such thread for all servers in it.
/// The context that runs out of audio first is served first.
/// </summary>
internal sealed class SynthesisThread
{
    // Waited on, which a Lock does not offer.
    private readonly object _gate = new();
    private readonly PriorityQueue<ISynthesisJob, (long Deadline, long Number)> _jobs = new();
    private long _numbers;

    private SynthesisThread()
    {
        new Thread(Run) { IsBackground = true, Name = "Speech synthesis" }.Start();
    }

    public static SynthesisThread Shared { get; } = new();

    /// <summary>Queues a job.</summary>
    /// <param name="job">The work.</param>
    /// <param name="deadline">When its result is needed, as a timestamp; equal ones go in order.</param>
    public void Enqueue(ISynthesisJob job, long deadline)
    {
        lock (_gate)
        {
            _jobs.Enqueue(job, (deadline, _numbers++));
            Monitor.Pulse(_gate);
        }
    }

    private ISynthesisJob Take()
    {
        lock (_gate)
        {
            while (_jobs.Count == 0)
            {
                Monitor.Wait(_gate);
            }

            return _jobs.Dequeue();
        }
    }

    private void Run()
    {
        while (true)
        {
            Take().Run();
        }
    }
}
