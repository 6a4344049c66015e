using System.Text;
using TtsGrains.LocalVoice.Synthesis;

namespace TtsGrains.LocalVoice.Tones;

/// <summary>
/// Stands in where libespeak-ng is not installed: a tone for each word, about as long as the word would be, and never twice different.
/// </summary>
internal sealed class ToneEngine : ISpeechEngine
{
    private const int BlockSamples = 1024;

    private const double SecondsPerCharacter = 0.065;

    private const double SecondsBetweenWords = 0.06;

    private const double SecondsAtEnd = 0.3;

    private const double FadeSeconds = 0.01;

    public int SampleRate => 22050;

    public bool HasLanguage(string name) => true;

    public void Speak(Utterance utterance, ISpeechListener listener)
    {
        // Espeak's normal speed is 175 words a minute.
        var stretch = 175 / (utterance.Voice.WordsPerMinute * utterance.Speed);
        var sample = 0L;
        foreach (var (position, length, hash) in Words(utterance.Text))
        {
            var frequency = 140 + ((hash ^ utterance.Voice.Seed) % 320);
            var samples = (int)(length * SecondsPerCharacter * stretch * SampleRate);
            listener.OnWord(position, sample);
            listener.OnPhoneme("ə", sample);
            if (!Play(listener, samples, frequency))
            {
                return;
            }

            sample += samples;
            listener.OnPhoneme("", sample);
            samples = (int)(SecondsBetweenWords * stretch * SampleRate);
            if (!Play(listener, samples, frequency: 0))
            {
                return;
            }

            sample += samples;
        }

        if (utterance.EndPause)
        {
            Play(listener, (int)(SecondsAtEnd * stretch * SampleRate), frequency: 0);
        }
    }

    private bool Play(ISpeechListener listener, int count, double frequency)
    {
        Span<short> block = stackalloc short[BlockSamples];
        for (var start = 0; start < count; start += BlockSamples)
        {
            var part = block[..Math.Min(BlockSamples, count - start)];
            part.Clear();
            for (var i = 0; i < part.Length && frequency > 0; i++)
            {
                var n = start + i;
                var fade = Math.Min(1, Math.Min(n, count - n) / (FadeSeconds * SampleRate));
                part[i] = (short)(12000 * fade * Math.Sin(2 * Math.PI * frequency * n / SampleRate));
            }

            if (!listener.OnSamples(part))
            {
                return false;
            }
        }

        return true;
    }

    private static List<(int Position, int Length, uint Hash)> Words(string text)
    {
        var words = new List<(int, int, uint)>();
        var (start, length, hash, position) = (0, 0, 0u, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune))
            {
                (start, hash) = length == 0 ? (position, 2166136261u) : (start, hash);
                hash = (hash ^ (uint)rune.Value) * 16777619u;
                length++;
            }
            else if (Rune.IsWhiteSpace(rune) && length > 0)
            {
                words.Add((start, length, hash));
                length = 0;
            }

            position++;
        }

        if (length > 0)
        {
            words.Add((start, length, hash));
        }

        return words;
    }
}
