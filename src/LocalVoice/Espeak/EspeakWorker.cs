using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using TtsGrains.LocalVoice.Synthesis;
using TtsGrains.LocalVoice.Voices;

namespace TtsGrains.LocalVoice.Espeak;

/// <summary>
/// The speech process: reads utterances from standard input and writes samples to standard output. It exists because some texts end the
/// process in which libespeak-ng runs. It ends when its input does, so it never outlives the server.
/// </summary>
internal sealed class EspeakWorker : ISpeechListener
{
    /// <summary>The only argument of a process that is a worker.</summary>
    public const string Argument = "--espeak-worker";

    private const int BufferBytes = 16 * 1024;

    private readonly BinaryWriter _output;
    private volatile int _stopped;
    private int _number;

    private EspeakWorker(BinaryWriter output) => _output = output;

    /// <summary>Runs until the server closes the input.</summary>
    /// <returns>The exit code.</returns>
    public static int Run()
    {
        // A signal to the whole process group is for the server, which may speak to the end of its contexts first.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, static signal => signal.Cancel = true);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, static signal => signal.Cancel = true);
        using var output = new BinaryWriter(new BufferedStream(Console.OpenStandardOutput(), BufferBytes), Encoding.UTF8);
        try
        {
            return new EspeakWorker(output).Serve();
        }
        catch (IOException)
        {
            // The server is gone.
            return 1;
        }
    }

    public void OnWord(int position, long sample)
    {
        Write(WorkerMessage.Word);
        _output.Write(position);
        _output.Write((int)sample);
    }

    public void OnPhoneme(string name, long sample)
    {
        Write(WorkerMessage.Phoneme);
        _output.Write(name);
        _output.Write((int)sample);
    }

    public bool OnSamples(ReadOnlySpan<short> samples)
    {
        var bytes = MemoryMarshal.AsBytes(samples);
        Write(WorkerMessage.Samples);
        _output.Write(bytes.Length);
        _output.Write(bytes);
        _output.Flush();
        return _stopped != _number;
    }

    private int Serve()
    {
        EspeakEngine engine;
        try
        {
            engine = EspeakEngine.Load();
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or InvalidOperationException)
        {
            Fail(e.Message);
            return 1;
        }

        Write(WorkerMessage.Ready);
        _output.Write(engine.SampleRate);
        _output.Write(engine.Languages.Count);
        foreach (var language in engine.Languages)
        {
            _output.Write(language);
        }

        _output.Flush();
        using var requests = new BlockingCollection<(int Number, Utterance Utterance)>();
        new Thread(() => ReadRequests(requests)) { IsBackground = true, Name = "Requests" }.Start();
        foreach (var (number, utterance) in requests.GetConsumingEnumerable())
        {
            _number = number;
            Speak(engine, utterance);
        }

        return 0;
    }

    private void Speak(EspeakEngine engine, Utterance utterance)
    {
        try
        {
            engine.Speak(utterance, this);
        }
        catch (InvalidOperationException e)
        {
            Fail(e.Message);
            return;
        }

        Write(WorkerMessage.End);
        _output.Flush();
    }

    private void Fail(string reason)
    {
        Write(WorkerMessage.Failed);
        _output.Write(reason);
        _output.Flush();
    }

    private void ReadRequests(BlockingCollection<(int Number, Utterance Utterance)> requests)
    {
        try
        {
            using var input = new BinaryReader(new BufferedStream(Console.OpenStandardInput(), BufferBytes), Encoding.UTF8);
            while (true)
            {
                var message = (WorkerMessage)input.ReadByte();
                var number = input.ReadInt32();
                if (message == WorkerMessage.Stop)
                {
                    _stopped = number;
                    continue;
                }

                var voice = new VoiceProfile(input.ReadString(), input.ReadInt32(), input.ReadInt32(), input.ReadDouble(), Seed: 0);
                var (speed, endPause) = (input.ReadDouble(), input.ReadBoolean());
                requests.Add((number, new Utterance(input.ReadString(), voice, speed, endPause)));
            }
        }
        catch (IOException)
        {
            // Also the regular end: EndOfStreamException is one.
        }

        // The synthesis may be in the middle of a text, or stuck in one.
        Environment.Exit(0);
    }

    private void Write(WorkerMessage message) => _output.Write((byte)message);
}
