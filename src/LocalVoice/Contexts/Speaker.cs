using TtsGrains.LocalVoice.Buffering;
using TtsGrains.LocalVoice.Pronunciations;
using TtsGrains.LocalVoice.Reading;
using TtsGrains.LocalVoice.Synthesis;
using TtsGrains.LocalVoice.Voices;
using TtsGrains.Protocol.Frames;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.LocalVoice.Contexts;

/// <summary>
/// Synthesises the clauses of one context and makes frames of the audio. Used by one thread at a time: by the synthesis thread while it
/// speaks, else by the holder of the context.
/// </summary>
internal sealed class Speaker : ISpeechListener
{
    private const int SilenceBlock = 1024;

    private readonly SpeechSettings _settings;
    private readonly VoiceProfile _voice;
    private readonly ISpeechEngine _engine;
    private readonly TimeProvider _time;
    private readonly Func<OutFrame, bool> _emit;
    private readonly ChunkBuilder _chunks;
    private readonly PronunciationTable? _pronunciations;
    private readonly List<TimedText> _words = [];
    private readonly List<TimedText> _phonemes = [];
    private SpeechClock? _clock;
    private SpokenForm? _form;
    private int[]? _positions;
    private float _gain = 1;
    private double _segmentStart;
    private long _segmentSamples;
    private long _clauseSamples;
    private long _stepStarted;
    private bool _wanted = true;

    /// <param name="settings">Format and options of the context.</param>
    /// <param name="voice">Who speaks.</param>
    /// <param name="engine">What speaks.</param>
    /// <param name="options">How long chunks are.</param>
    /// <param name="time">For the time that a step took.</param>
    /// <param name="emit">Takes a frame; false when nothing more is wanted.</param>
    public Speaker(
        SpeechSettings settings, VoiceProfile voice, ISpeechEngine engine, LocalVoiceOptions options, TimeProvider time, Func<OutFrame, bool> emit)
    {
        _settings = settings;
        _voice = voice;
        _engine = engine;
        _time = time;
        _emit = emit;
        _pronunciations = PronunciationTable.Parse(settings.Pronunciations);
        _chunks = new ChunkBuilder(engine.SampleRate, settings.Format, options, OnChunk);
    }

    /// <summary>The segment whose frames are made, from 1.</summary>
    public int FlushId { get; private set; } = 1;

    /// <summary>Says a clause to its end.</summary>
    public void Speak(SpeechItem.Clause clause)
    {
        _stepStarted = _time.GetTimestamp();
        _gain = (float)clause.Config.Volume;
        _clauseSamples = 0;
        var start = _segmentStart + ((double)_segmentSamples / _engine.SampleRate);
        _clock = new SpeechClock(new WordTokens(clause.Text), start, _engine.SampleRate, _words, _phonemes);
        _form = SpokenForm.Create(clause.Text, clause.StartsLine, clause.Spelled);
        if (_form.HasSpeech)
        {
            var spoken = _form.Text;
            if (_pronunciations is not null)
            {
                (spoken, _positions) = _pronunciations.Apply(spoken);
            }

            _engine.Speak(new Utterance(spoken, _voice, clause.Config.Speed, Punctuation.EndsWithPause(spoken)), this);
        }

        _clock.Finish(_clauseSamples);
        _segmentSamples += _clauseSamples;
    }

    /// <summary>Makes silence.</summary>
    public void Rest(SpeechItem.Silence silence)
    {
        _stepStarted = _time.GetTimestamp();
        Span<short> block = stackalloc short[SilenceBlock];
        block.Clear();
        for (var left = (long)Math.Round(silence.Seconds * _engine.SampleRate); left > 0 && _wanted; left -= SilenceBlock)
        {
            var part = block[..(int)Math.Min(left, SilenceBlock)];
            _segmentSamples += part.Length;
            _chunks.Add(part, gain: 1);
        }
    }

    /// <summary>Nothing is waiting to be said: what has been said must not wait either.</summary>
    public void Suspend()
    {
        _chunks.Seal();
        EmitTimestamps();
    }

    /// <summary>Ends the segment: all its audio and timestamps are out after this.</summary>
    public void EndSegment()
    {
        _chunks.Drain();
        EmitTimestamps();
        FlushId++;
        _segmentStart = (double)_chunks.TotalSamples / _settings.Format.SampleRate;
        _segmentSamples = 0;
    }

    public void OnWord(int position, long sample)
        => _clock!.OnWord(_form!.ToSource(_positions is { Length: > 0 } positions ? positions[Math.Clamp(position, 0, positions.Length - 1)] : position), sample);

    public void OnPhoneme(string name, long sample) => _clock!.OnPhoneme(name, sample);

    public bool OnSamples(ReadOnlySpan<short> samples)
    {
        _clauseSamples += samples.Length;
        _chunks.Add(samples, _gain);
        return _wanted;
    }

    private void OnChunk(ArraySegment<byte> audio)
    {
        var now = _time.GetTimestamp();
        var format = _settings.Format;
        var seconds = (double)audio.Count / format.BytesPerSecond;
        _wanted = _emit(OutFrame.Chunk(audio, seconds, _time.GetElapsedTime(_stepStarted, now).TotalMilliseconds, FlushId));
        _stepStarted = now;
        EmitTimestamps();
    }

    private void EmitTimestamps()
    {
        Emit(_settings.AddTimestamps, FrameKind.Timestamps, _words);
        Emit(_settings.AddPhonemeTimestamps, FrameKind.PhonemeTimestamps, _phonemes);
    }

    private void Emit(bool wanted, FrameKind kind, List<TimedText> items)
    {
        if (wanted && items.Count > 0)
        {
            _emit(OutFrame.Timestamps(kind, [.. items], FlushId));
        }

        items.Clear();
    }
}
