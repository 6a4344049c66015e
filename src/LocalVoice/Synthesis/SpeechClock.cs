using TtsGrains.Protocol.Frames;

namespace TtsGrains.LocalVoice.Synthesis;

/// <summary>
/// Makes timestamps of what an engine reports about one utterance. A word ends where its last phoneme does, before the pause; a token that
/// the engine passes over, such as a dash, has no length.
/// </summary>
/// <param name="tokens">The words of the utterance.</param>
/// <param name="start">Seconds of the context at which the utterance begins.</param>
/// <param name="sampleRate">Samples per second of the engine, Hz.</param>
/// <param name="words">Receives each word when it is finished.</param>
/// <param name="phonemes">Receives each phoneme when it is finished.</param>
internal sealed class SpeechClock(WordTokens tokens, double start, int sampleRate, List<TimedText> words, List<TimedText> phonemes)
{
    private int _token = -1;
    private bool _open;
    private double _tokenStart;
    private double? _tokenEnd;
    private string? _phoneme;
    private double _phonemeStart;
    private double _last;

    public void OnWord(int position, long sample)
    {
        var found = tokens.Find(position, _token);
        if (found < 0 || (found == _token && _open))
        {
            return;
        }

        var at = At(sample);
        CloseWord(at);
        PassOver(found, at);
        (_token, _open, _tokenStart, _tokenEnd) = (found, true, at, null);
    }

    public void OnPhoneme(string name, long sample)
    {
        // Names in brackets say that another language's rules apply; they are not sounds.
        if (name.StartsWith('('))
        {
            return;
        }

        var at = At(sample);
        ClosePhoneme(at);
        if (name.Length == 0)
        {
            _tokenEnd ??= at;
        }
        else
        {
            (_phoneme, _phonemeStart, _tokenEnd) = (name, at, null);
        }
    }

    /// <summary>The utterance is over.</summary>
    public void Finish(long samples)
    {
        var at = At(samples);
        ClosePhoneme(at);
        CloseWord(at);
        PassOver(tokens.Count, at);
    }

    private void ClosePhoneme(double at)
    {
        if (_phoneme is not null)
        {
            phonemes.Add(new TimedText(_phoneme, _phonemeStart, at));
            _phoneme = null;
        }
    }

    private void CloseWord(double at)
    {
        if (_open)
        {
            words.Add(new TimedText(tokens[_token], _tokenStart, Math.Min(_tokenEnd ?? at, at)));
            _open = false;
        }
    }

    private void PassOver(int next, double at)
    {
        for (_token++; _token < next; _token++)
        {
            words.Add(new TimedText(tokens[_token], at, at));
        }
    }

    private double At(long sample) => _last = Math.Max(_last, start + ((double)sample / sampleRate));
}
