using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TtsGrains.LocalVoice.Synthesis;

namespace TtsGrains.LocalVoice.Espeak;

/// <summary>
/// Speaks through libespeak-ng in a process of its own, which is started again when a text has ended it. The context of that text gets an
/// error, and the same text is not tried again. Speak is called on the synthesis thread only.
/// </summary>
internal sealed partial class EspeakProcess : ISpeechEngine
{
    /// <summary>How many texts that ended the process are remembered.</summary>
    private const int MaxRefusedTexts = 1024;

    private static readonly TimeSpan FirstRetryDelay = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(5);

    private static readonly Lock LoadGate = new();

    private static EspeakProcess? _loaded;

    private readonly HashSet<(string Language, string Text)> _refused = [];
    private readonly Queue<(string Language, string Text)> _refusedOrder = new();
    private readonly HashSet<string> _languages;
    private readonly Func<WorkerProcess> _start;
    private readonly TimeProvider _time;
    private Task<WorkerProcess> _worker;
    private TimeSpan _retryDelay;
    private long _failedAt;

    /// <summary>Starts the first process.</summary>
    /// <param name="start">Starts a process.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="InvalidOperationException">It cannot be started.</exception>
    internal EspeakProcess(Func<WorkerProcess> start, TimeProvider time)
    {
        (_start, _time) = (start, time);
        var worker = start();
        _worker = Task.FromResult(worker);
        (SampleRate, _languages) = (worker.SampleRate, worker.Languages);
    }

    public int SampleRate { get; }

    /// <summary>Where the process is logged; the engine is shared by all servers of this process.</summary>
    public ILogger Logger { get; set; } = NullLogger.Instance;

    /// <summary>Id of the speech process; null while it is being started.</summary>
    public int? ProcessId => _worker.IsCompletedSuccessfully ? _worker.Result.Id : null;

    /// <summary>The engine of this process; the first call starts the speech process.</summary>
    /// <exception cref="InvalidOperationException">The library or its data is not installed, or the process cannot be started.</exception>
    public static EspeakProcess Load()
    {
        lock (LoadGate)
        {
            return _loaded ??= new EspeakProcess(() => WorkerProcess.Start(TimeProvider.System), TimeProvider.System);
        }
    }

    public bool HasLanguage(string name) => _languages.Contains(name);

    public void Speak(Utterance utterance, ISpeechListener listener)
    {
        var key = (utterance.Voice.EspeakName, utterance.Text);
        if (_refused.Contains(key))
        {
            throw new SpeechException("The text ended the speech process before.");
        }

        // An earlier text may have damaged the process: only one that also ends a new process is to blame.
        var receiver = new RetryListener(listener);
        if (TrySpeak(utterance, receiver))
        {
            return;
        }

        receiver.Restart();
        if (!TrySpeak(utterance, receiver))
        {
            Refuse(key);
            throw new SpeechException("The speech process ended at this text.");
        }
    }

    private bool TrySpeak(Utterance utterance, RetryListener receiver)
    {
        var worker = GetWorker();
        try
        {
            worker.Speak(utterance, receiver);
            return true;
        }
        catch (IOException)
        {
            LogEnded(Logger, worker.End());
            _worker = StartAgain();
            return false;
        }
    }

    private Task<WorkerProcess> StartAgain() => Task.Run(_start);

    private WorkerProcess GetWorker()
    {
        if (_worker.IsFaulted)
        {
            if (_time.GetElapsedTime(_failedAt) < _retryDelay)
            {
                throw new SpeechException("The speech process cannot be started.", _worker.Exception);
            }

            _worker = StartAgain();
        }
        else if (_worker.IsCompletedSuccessfully && !_worker.Result.IsAlive)
        {
            // It was ended between two texts, so by no text.
            LogEnded(Logger, _worker.Result.End());
            _worker = StartAgain();
        }

        try
        {
            var worker = _worker.GetAwaiter().GetResult();
            _retryDelay = TimeSpan.Zero;
            return worker;
        }
        catch (InvalidOperationException e)
        {
            _failedAt = _time.GetTimestamp();
            _retryDelay = _retryDelay == TimeSpan.Zero ? FirstRetryDelay : TimeSpan.FromTicks(Math.Min(_retryDelay.Ticks * 2, MaxRetryDelay.Ticks));
            LogNotStarted(Logger, _retryDelay, e.Message);
            throw new SpeechException("The speech process cannot be started.", e);
        }
    }

    private void Refuse((string Language, string Text) key)
    {
        if (_refused.Add(key))
        {
            _refusedOrder.Enqueue(key);
        }

        if (_refusedOrder.Count > MaxRefusedTexts)
        {
            _refused.Remove(_refusedOrder.Dequeue());
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The speech process ended with exit code {ExitCode} and is started again; a text ended it, or somebody did.")]
    private static partial void LogEnded(ILogger logger, int? exitCode);

    [LoggerMessage(Level = LogLevel.Error, Message = "The speech process could not be started; the next attempt is in {Delay} or later. {Reason}")]
    private static partial void LogNotStarted(ILogger logger, TimeSpan delay, string reason);
}
