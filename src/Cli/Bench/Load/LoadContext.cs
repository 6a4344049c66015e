using TtsGrains.Cli.Bench.Upstream;
using TtsGrains.Protocol.Audio;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Cli.Bench.Load;

/// <summary>One context of the load: when each of its chunks came, and whether all were right.</summary>
/// <param name="number">Unique on its socket; also its id.</param>
/// <param name="chunks">The number of chunks that it asks for.</param>
/// <param name="format">The format of its audio.</param>
internal sealed class LoadContext(int number, int chunks, AudioFormat format)
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FrameCheck _check = new(chunks);
    private readonly Lock _gate = new();

    // Most targets send what was asked for; an upstream that really speaks cuts its chunks as it likes.
    private readonly List<Arrival> _arrivals = new(chunks);
    private TimeSpan _audio;
    private bool _isNumbered;
    private long _start;
    private long _cancelled;

    public int Number => number;

    public int Chunks => chunks;

    public AudioFormat Format => format;

    /// <summary>Gets a task that completes with the first chunk, or with the end of a context without one.</summary>
    public Task Started => _started.Task;

    /// <summary>Gets a task that completes with the end of the context, whichever it is.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Gets the error that the context ended with; null if it did not.</summary>
    public ProtocolError? Error { get; private set; }

    /// <summary>Gets the first rule that its frames violated; null if there is none.</summary>
    public string? Violation => _check.Violation is { } violation ? $"context {number}: {violation}" : null;

    /// <summary>Gets the length of the audio that has come.</summary>
    public TimeSpan Audio
    {
        get
        {
            lock (_gate)
            {
                return _audio;
            }
        }
    }

    /// <summary>Gets the time from the push to the first chunk; null if there was none.</summary>
    public TimeSpan? FirstAudio => Arrivals is [var first, ..] ? TimeProvider.System.GetElapsedTime(_start, first.At) : null;

    /// <summary>Gets when each chunk came, as timestamps.</summary>
    public long[] Timestamps => [.. Arrivals.Select(arrival => arrival.At)];

    /// <summary>
    /// Gets how late each chunk was. A numbered chunk is due by real time, counted from the push; another one when the audio before it has been played, counted
    /// from the first.
    /// </summary>
    public IEnumerable<TimeSpan> Lateness
    {
        get
        {
            var arrivals = Arrivals;
            var start = _isNumbered || arrivals.Length == 0 ? _start : arrivals[0].At;
            return arrivals.Select(arrival => TimeProvider.System.GetElapsedTime(start, arrival.At) - arrival.Due).Select(late => late < TimeSpan.Zero ? TimeSpan.Zero : late);
        }
    }

    /// <summary>Gets the time from the cancel to the last chunk, zero if none followed it; null if the context was not cancelled.</summary>
    public TimeSpan? CancelToSilence
        => _cancelled == 0 ? null
            : Arrivals is [.., var last] && last.At > _cancelled ? TimeProvider.System.GetElapsedTime(_cancelled, last.At)
            : TimeSpan.Zero;

    /// <summary>Gets whether it was cancelled.</summary>
    public bool IsCancelled => _cancelled != 0;

    private Arrival[] Arrivals
    {
        get
        {
            lock (_gate)
            {
                return [.. _arrivals];
            }
        }
    }

    /// <summary>Starts the clock.</summary>
    public void Start() => _start = TimeProvider.System.GetTimestamp();

    /// <summary>Starts the clock of the cancel.</summary>
    public void Cancel()
    {
        lock (_gate)
        {
            _check.IsCancelled = true;
            _cancelled = TimeProvider.System.GetTimestamp();
        }
    }

    /// <summary>Takes a frame of the context.</summary>
    public void OnFrame(in ServerFrame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.Chunk:
                OnChunk(frame.Data);
                break;
            case FrameKind.Done:
                OnDone();
                break;
            case FrameKind.Error:
                OnError(frame.ToError());
                break;
        }
    }

    /// <summary>Takes the end of a cancelled context's silence.</summary>
    public void OnSilent() => End();

    /// <summary>Takes the loss of the socket.</summary>
    public void OnLost(string reason)
    {
        if (!_ended.Task.IsCompleted)
        {
            _check.Report($"its socket was lost: {reason}");
            End();
        }
    }

    /// <summary>Takes the end of the measurement.</summary>
    public void OnTimeout()
    {
        if (!_ended.Task.IsCompleted)
        {
            _check.OnTimeout();
            End();
        }
    }

    private void OnChunk(ReadOnlySpan<byte> data)
    {
        var at = TimeProvider.System.GetTimestamp();
        lock (_gate)
        {
            var chunk = ChunkNumber.Read(data);
            _isNumbered |= chunk is not null;
            _check.OnChunk(chunk);
            _arrivals.Add(new Arrival(at, _audio));
            _audio += format.DurationOf(LengthOf(data));
        }

        _started.TrySetResult();
    }

    private void OnDone()
    {
        lock (_gate)
        {
            _check.OnEnd();
        }

        End();
    }

    private void OnError(ProtocolError error)
    {
        Error = error;
        lock (_gate)
        {
            _check.Report($"it ended with an error: {error.Legacy}");
        }

        End();
    }

    private void End()
    {
        _started.TrySetResult();
        _ended.TrySetResult();
    }

    private static int LengthOf(ReadOnlySpan<byte> base64)
        => (base64.Length / 4 * 3) - (base64.EndsWith("=="u8) ? 2 : base64.EndsWith("="u8) ? 1 : 0);

    private readonly record struct Arrival(long At, TimeSpan Due);
}
