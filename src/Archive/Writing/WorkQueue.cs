namespace TtsGrains.Archive.Writing;

/// <summary>What waits for one step of one context's archiving, in order. A caller that gets true must have the queue processed: exactly one does at a time.</summary>
internal sealed class WorkQueue<T>
{
    private readonly Queue<T> _queue = [];

    /// <summary>Returns whether the line was empty, so that no one processes it yet.</summary>
    public bool Add(T work)
    {
        lock (_queue)
        {
            _queue.Enqueue(work);
            return _queue.Count == 1;
        }
    }

    /// <summary>The work whose turn it is. Only for the one who works on the line.</summary>
    public T Head()
    {
        lock (_queue)
        {
            return _queue.Peek();
        }
    }

    /// <summary>Drops the head. Returns whether more waits.</summary>
    public bool Advance()
    {
        lock (_queue)
        {
            _queue.Dequeue();
            return _queue.Count > 0;
        }
    }
}
