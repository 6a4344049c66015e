namespace TtsGrains.Cli.Bench.Results;

/// <summary>
/// Shows the progress of a benchmark on an output of its own: on a terminal one line that is written over, elsewhere one line every few seconds and for each phase.
/// </summary>
internal sealed class ProgressLine : IDisposable
{
    private static readonly TimeSpan TerminalInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    private readonly TextWriter _output;
    private readonly bool _isTerminal;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private string _phase = "";
    private Func<string>? _details;
    private int _shown;

    /// <param name="output">Gets the lines.</param>
    /// <param name="isTerminal">True if it is a terminal.</param>
    /// <param name="time">The clock.</param>
    public ProgressLine(TextWriter output, bool isTerminal, TimeProvider time)
    {
        (_output, _isTerminal) = (output, isTerminal);
        var interval = isTerminal ? TerminalInterval : LineInterval;
        _timer = time.CreateTimer(_ => Show(), null, interval, interval);
    }

    /// <summary>Begins a phase.</summary>
    public void Begin(string phase)
    {
        lock (_gate)
        {
            (_phase, _details) = (phase, null);
            Write();
        }
    }

    /// <summary>Shows details of the phase from now on.</summary>
    public void Follow(Func<string> details)
    {
        lock (_gate)
        {
            _details = details;
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        lock (_gate)
        {
            _details = null;
            Erase();
        }
    }

    private void Show()
    {
        lock (_gate)
        {
            if (_details is not null)
            {
                Write();
            }
        }
    }

    private void Write()
    {
        var line = _details is null ? _phase : $"{_phase}: {_details()}";
        if (!_isTerminal)
        {
            _output.WriteLine(line);
            return;
        }

        _output.Write($"\r{line.PadRight(_shown)}");
        _shown = line.Length;
    }

    private void Erase()
    {
        if (_isTerminal && _shown > 0)
        {
            _output.Write($"\r{new string(' ', _shown)}\r");
            _shown = 0;
        }
    }
}
