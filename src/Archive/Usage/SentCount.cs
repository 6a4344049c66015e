namespace TtsGrains.Archive.Usage;

/// <summary>
/// Counts what one context pushes and sends upstream in this process. A memory write per push; where there is a disk, the numbers survive the kill of the
/// process, and the next one records them. Thread-safe.
/// </summary>
public sealed class SentCount
{
    private readonly Lock _gate = new();
    private readonly SentSlot? _slot;
    private SentNumbers _numbers = new(0, 0, -1, null);
    private bool _isOver;

    internal SentCount(SentContext context, SentSlot? slot) => (Context, _slot) = (context, slot);

    internal SentContext Context { get; }

    internal SentNumbers Numbers
    {
        get
        {
            lock (_gate)
            {
                return _numbers;
            }
        }
    }

    /// <summary>Counts characters that the client pushed.</summary>
    public void AddPushed(int characters) => Change(numbers => numbers with { Pushed = numbers.Pushed + characters });

    /// <summary>Counts characters that were sent.</summary>
    public void AddSent(int characters) => Change(numbers => numbers with { Sent = numbers.Sent + characters });

    /// <summary>Sets the place of the context in its session.</summary>
    public void SetOrdinal(int ordinal) => Change(numbers => numbers with { Ordinal = ordinal });

    /// <summary>Sets the upstream that characters are sent to.</summary>
    public void SetUpstream(string upstream) => Change(numbers => numbers with { Upstream = upstream });

    /// <summary>The numbers are recorded elsewhere.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            if (!_isOver)
            {
                _isOver = true;
                _slot?.Free();
            }
        }
    }

    private void Change(Func<SentNumbers, SentNumbers> change)
    {
        lock (_gate)
        {
            if (!_isOver)
            {
                _numbers = change(_numbers);
                _slot?.Write(_numbers);
            }
        }
    }
}
