using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;
using TtsGrains.LocalVoice.Synthesis;
using TtsGrains.LocalVoice.Voices;

namespace TtsGrains.LocalVoice.Espeak;

/// <summary>
/// Speaks through libespeak-ng in this process, which some texts end: see <see cref="EspeakWorker"/>. Its callback gives samples while the text is still being worked on, so audio can leave early.
/// The library keeps small states (such as the phase of the pitch's flutter) from one text to the next, and ends sounds with a whole cycle
/// of the pitch: two times the same clause sound alike and last alike to a few hundredths of a second, but are not the same bytes.
/// </summary>
internal sealed unsafe class EspeakEngine : ISpeechEngine
{
    /// <summary>Samples come in blocks of about so much.</summary>
    private const int BlockMs = 50;

    /// <summary>
    /// The library says everything before the first finished sentence of a language some 40 ms shorter than the same text later on.
    /// </summary>
    private const string FirstSentence = "a.";

    private static readonly Lock LoadGate = new();

    private static readonly ConcurrentDictionary<ulong, string> PhonemeNames = new();

    private static EspeakEngine? _loaded;

    // The callback is a static function without state of its own; only the synthesis thread sets and reads these.
    private static ISpeechListener? _listener;

    private static ExceptionDispatchInfo? _failure;

    private (string Name, int Rate, int Pitch, int Range) _current;

    private EspeakEngine(int sampleRate, HashSet<string> languages) => (SampleRate, Languages) = (sampleRate, languages);

    public int SampleRate { get; }

    /// <summary>Names of the languages that are installed, in lower case.</summary>
    public HashSet<string> Languages { get; }

    /// <summary>The engine of this process; the library is loaded at the first call.</summary>
    /// <exception cref="DllNotFoundException">libespeak-ng is not installed.</exception>
    /// <exception cref="InvalidOperationException">The library is there, but not its data.</exception>
    public static EspeakEngine Load()
    {
        lock (LoadGate)
        {
            return _loaded ??= Initialize();
        }
    }

    public bool HasLanguage(string name) => Languages.Contains(name);

    public void Speak(Utterance utterance, ISpeechListener listener)
    {
        Apply(utterance.Voice, utterance.Speed);
        Synthesise(utterance.Text, utterance.EndPause, listener);
    }

    private static EspeakEngine Initialize()
    {
        var rate = EspeakLibrary.Initialize(
            EspeakLibrary.SynchronousOutput, BlockMs, 0, EspeakLibrary.PhonemeEvents | EspeakLibrary.PhonemesInIpa | EspeakLibrary.DoNotExit);
        if (rate <= 0)
        {
            throw new InvalidOperationException("libespeak-ng is installed, but not its data (espeak-ng-data).");
        }

        EspeakLibrary.SetSynthCallback(&OnSynthesized);
        return new EspeakEngine(rate, ReadLanguages());
    }

    // A voice is loaded by the name of its file, which is the last part of its identifier (roa/fr), not by the language in it (fr-fr).
    private static HashSet<string> ReadLanguages()
    {
        var languages = new HashSet<string>();
        for (var voice = EspeakLibrary.ListVoices(null); *voice is not null; voice++)
        {
            if (Marshal.PtrToStringUTF8((*voice)->Identifier) is { } identifier && !identifier.StartsWith('!'))
            {
                languages.Add(identifier[(identifier.LastIndexOfAny(['/', '\\']) + 1)..].ToLowerInvariant());
            }
        }

        return languages;
    }

    private static void Synthesise(string text, bool endPause, ISpeechListener listener)
    {
        _listener = listener;
        _failure = null;
        try
        {
            var flags = EspeakLibrary.TextIsUtf8 | (endPause ? EspeakLibrary.PauseAtEnd : 0);
            var size = (nuint)Encoding.UTF8.GetByteCount(text) + 1;
            var result = EspeakLibrary.Synth(text, size, 0, EspeakLibrary.PositionInCharacters, 0, flags, 0, 0);
            _failure?.Throw();
            if (result != 0)
            {
                throw new InvalidOperationException($"libespeak-ng refused to speak: {result}.");
            }
        }
        finally
        {
            _listener = null;
        }
    }

    private void Apply(VoiceProfile voice, double speed)
    {
        var wanted = (Name: voice.EspeakName, Rate: (int)Math.Clamp(Math.Round(voice.WordsPerMinute * speed), 80, 450), voice.Pitch, voice.Range);
        if (wanted == _current)
        {
            return;
        }

        if (wanted.Name != _current.Name && EspeakLibrary.SetVoiceByName(wanted.Name) != 0)
        {
            throw new InvalidOperationException($"libespeak-ng has no voice {wanted.Name}.");
        }

        if (LanguageOf(wanted.Name) != LanguageOf(_current.Name))
        {
            Synthesise(FirstSentence, endPause: true, new Silent());
        }

        Set(EspeakLibrary.Rate, wanted.Rate);
        Set(EspeakLibrary.Pitch, wanted.Pitch);
        Set(EspeakLibrary.Range, wanted.Range);
        _current = wanted;
    }

    private static string? LanguageOf(string? voice) => voice?[..voice.IndexOf('+', StringComparison.Ordinal)];

    private static void Set(int parameter, int value)
    {
        if (EspeakLibrary.SetParameter(parameter, value, relative: 0) != 0)
        {
            throw new InvalidOperationException($"libespeak-ng refused parameter {parameter} = {value}.");
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnSynthesized(short* samples, int count, EspeakEvent* events)
    {
        try
        {
            return _listener is { } listener && Tell(listener, samples, count, events) ? 0 : 1;
        }
        catch (Exception e)
        {
            // An exception cannot pass through native frames: the utterance ends here, and the exception is rethrown behind them.
            _failure = ExceptionDispatchInfo.Capture(e);
            return 1;
        }
    }

    private static bool Tell(ISpeechListener listener, short* samples, int count, EspeakEvent* events)
    {
        for (; events->Type != EspeakEventType.ListTerminated; events++)
        {
            switch (events->Type)
            {
                case EspeakEventType.Word:
                    listener.OnWord(events->TextPosition - 1, events->Sample);
                    break;
                case EspeakEventType.Phoneme:
                    listener.OnPhoneme(GetName(events), events->Sample);
                    break;
                case EspeakEventType.End:
                    listener.OnPhoneme("", events->Sample);
                    break;
                default:
                    break;
            }
        }

        return samples is null || count == 0 || listener.OnSamples(new ReadOnlySpan<short>(samples, count));
    }

    // There are a few hundred names in all; a string for each of thousands of phonemes a second would be waste.
    private static string GetName(EspeakEvent* phoneme)
    {
        var bytes = new ReadOnlySpan<byte>(phoneme->Name, 8);
        var end = bytes.IndexOf((byte)0);
        bytes = end < 0 ? bytes : bytes[..end];

        // What stands behind the zero is left from earlier names and must not make a key.
        Span<byte> padded = stackalloc byte[8];
        padded.Clear();
        bytes.CopyTo(padded);
        var key = MemoryMarshal.Read<ulong>(padded);
        return PhonemeNames.TryGetValue(key, out var known) ? known : PhonemeNames.GetOrAdd(key, Encoding.UTF8.GetString(bytes));
    }

    private sealed class Silent : ISpeechListener
    {
        public void OnWord(int position, long sample)
        {
        }

        public void OnPhoneme(string name, long sample)
        {
        }

        public bool OnSamples(ReadOnlySpan<short> samples) => true;
    }
}
