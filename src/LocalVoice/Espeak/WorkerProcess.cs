using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;
using TtsGrains.LocalVoice.Synthesis;

namespace TtsGrains.LocalVoice.Espeak;

/// <summary>One speech process, as its server sees it. Used by one thread at a time.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private const int BufferBytes = 16 * 1024;

    /// <summary>A process that is silent for longer is ended: a text may also hang the library.</summary>
    internal static readonly TimeSpan SilenceTimeout = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan ExitTimeout = TimeSpan.FromSeconds(5);

    /// <summary>All of the environment that the process gets: it has no use for the credentials of its server.</summary>
    private static readonly string[] InheritedVariables =
        ["PATH", "HOME", "TMPDIR", "LANG", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "ESPEAK_DATA_PATH", "SystemRoot", "DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64"];

    private readonly Process _process;
    private readonly BinaryWriter _requests;
    private readonly BinaryReader _answers;
    private readonly ITimer _watchdog;
    private int _number;
    private byte[] _samples = [];
    private int _sampleBytes;
    private int _position;
    private int _sample;
    private string _phoneme = "";

    private WorkerProcess(Process process, TimeProvider time)
    {
        _process = process;
        _requests = new BinaryWriter(new BufferedStream(process.StandardInput.BaseStream, BufferBytes), Encoding.UTF8);
        _answers = new BinaryReader(new BufferedStream(process.StandardOutput.BaseStream, BufferBytes), Encoding.UTF8);
        _watchdog = time.CreateTimer(_ => Kill(), null, SilenceTimeout, Timeout.InfiniteTimeSpan);

        // The library may write to it; a full pipe would stop the process.
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>Samples per second, Hz.</summary>
    public int SampleRate { get; private set; }

    /// <summary>Names of the languages that are installed, in lower case.</summary>
    public HashSet<string> Languages { get; } = [];

    /// <summary>True while the process runs.</summary>
    public bool IsAlive => !_process.HasExited;

    /// <summary>Starts a process and waits until it can speak.</summary>
    /// <param name="time">The clock of its watchdog.</param>
    /// <exception cref="InvalidOperationException">It cannot be started, or cannot speak.</exception>
    public static WorkerProcess Start(TimeProvider time)
    {
        var worker = new WorkerProcess(Launch(), time);
        try
        {
            worker.ReadReady();
            return worker;
        }
        catch (IOException e)
        {
            var exitCode = worker.End();
            throw new InvalidOperationException($"The speech process ended at its start with exit code {exitCode}.", e);
        }
        catch
        {
            worker.End();
            throw;
        }
    }

    /// <summary>Speaks an utterance to the end, or until the listener does not want more.</summary>
    /// <param name="utterance">What to speak.</param>
    /// <param name="listener">Receives words, phonemes and samples.</param>
    /// <exception cref="IOException">The process ended.</exception>
    /// <exception cref="SpeechException">The process refused the utterance.</exception>
    public void Speak(Utterance utterance, ISpeechListener listener)
    {
        _watchdog.Change(SilenceTimeout, Timeout.InfiniteTimeSpan);
        Send(utterance);
        ExceptionDispatchInfo? failure = null;
        var isWanted = true;
        WorkerMessage message;
        while ((message = ReadMessage()) is WorkerMessage.Word or WorkerMessage.Phoneme or WorkerMessage.Samples)
        {
            // What is not wanted any more is still read, up to the end of the utterance.
            if (!isWanted)
            {
                continue;
            }

            try
            {
                isWanted = Tell(listener, message);
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
                isWanted = false;
            }

            if (!isWanted)
            {
                _requests.Write((byte)WorkerMessage.Stop);
                _requests.Write(_number);
                _requests.Flush();
            }
        }

        var reason = message == WorkerMessage.Failed ? _answers.ReadString() : null;
        _watchdog.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        failure?.Throw();
        if (reason is not null)
        {
            throw new SpeechException(reason);
        }
    }

    /// <summary>Ends the process.</summary>
    /// <returns>Its exit code; null if it is not known.</returns>
    public int? End()
    {
        Kill();
        int? exitCode = _process.WaitForExit(ExitTimeout) ? _process.ExitCode : null;
        Dispose();
        return exitCode;
    }

    public void Dispose()
    {
        _watchdog.Dispose();
        _process.Dispose();
    }

    private static Process Launch()
    {
        // The host program of the runtime that this process runs on.
        var runtime = RuntimeEnvironment.GetRuntimeDirectory();
        var dotnet = Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        var start = new ProcessStartInfo(File.Exists(dotnet) ? dotnet : "dotnet", [typeof(WorkerProcess).Assembly.Location, EspeakWorker.Argument])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        var inherited = InheritedVariables.Where(start.Environment.ContainsKey).Select(name => (name, Value: start.Environment[name])).ToList();
        start.Environment.Clear();
        foreach (var (name, value) in inherited)
        {
            start.Environment[name] = value;
        }

        // A dump would contain what clients send. The other settings make the start short.
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"The speech process cannot be started: {e.Message}", e);
        }
    }

    private void ReadReady()
    {
        if ((WorkerMessage)_answers.ReadByte() == WorkerMessage.Failed)
        {
            throw new InvalidOperationException(_answers.ReadString());
        }

        SampleRate = _answers.ReadInt32();
        for (var count = _answers.ReadInt32(); count > 0; count--)
        {
            Languages.Add(_answers.ReadString());
        }

        _watchdog.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private void Send(Utterance utterance)
    {
        _requests.Write((byte)WorkerMessage.Speak);
        _requests.Write(++_number);
        _requests.Write(utterance.Voice.EspeakName);
        _requests.Write(utterance.Voice.Pitch);
        _requests.Write(utterance.Voice.Range);
        _requests.Write(utterance.Voice.WordsPerMinute);
        _requests.Write(utterance.Speed);
        _requests.Write(utterance.EndPause);
        _requests.Write(utterance.Text);
        _requests.Flush();
    }

    // What it carries is left in the fields.
    private WorkerMessage ReadMessage()
    {
        var message = (WorkerMessage)_answers.ReadByte();
        switch (message)
        {
            case WorkerMessage.Word:
                (_position, _sample) = (_answers.ReadInt32(), _answers.ReadInt32());
                break;
            case WorkerMessage.Phoneme:
                (_phoneme, _sample) = (_answers.ReadString(), _answers.ReadInt32());
                break;
            case WorkerMessage.Samples:
                _sampleBytes = _answers.ReadInt32();
                _samples = _samples.Length < _sampleBytes ? new byte[_sampleBytes] : _samples;
                _answers.BaseStream.ReadExactly(_samples, 0, _sampleBytes);
                _watchdog.Change(SilenceTimeout, Timeout.InfiniteTimeSpan);
                break;
            default:
                break;
        }

        return message;
    }

    private bool Tell(ISpeechListener listener, WorkerMessage message)
    {
        switch (message)
        {
            case WorkerMessage.Word:
                listener.OnWord(_position, _sample);
                return true;
            case WorkerMessage.Phoneme:
                listener.OnPhoneme(_phoneme, _sample);
                return true;
            default:
                return listener.OnSamples(MemoryMarshal.Cast<byte, short>(_samples.AsSpan(0, _sampleBytes)));
        }
    }

    private void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }
}
