using TtsGrains.Grains.Contexts.Words;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Contexts.Attempts;

/// <summary>
/// Removes the tags of the sent text from the words and phonemes that an upstream returns for it. A phoneme is part of a tag if its text is, or if it
/// is spoken during a word that is a tag. So phonemes wait for the words spoken at the same time, at most until their segment ends.
/// </summary>
internal sealed class AttemptMarkup
{
    // Phonemes and words of the same time come close together.
    private const int MaxToldWords = 512;

    private readonly MarkupWordFilter _words = new();
    private readonly MarkupWordFilter _phonemes = new();
    private readonly Lock _gate = new();
    private readonly List<TimedText> _waiting = [];
    private readonly List<ToldWord> _told = [];
    private double _toldUntil = double.NegativeInfinity;

    /// <summary>True if the sent text has a tag.</summary>
    public bool HasTags => _words.HasTags;

    /// <summary>Notes text before it is sent. Tags in it are complete.</summary>
    public void Append(string text)
    {
        _words.Append(text);
        _phonemes.Append(text);
    }

    /// <summary>Removes the tags from the next words.</summary>
    public void FilterWords(List<TimedText> words)
    {
        var tags = new List<TimedText>();
        _words.Filter(words, tags);
        lock (_gate)
        {
            _told.AddRange(words.Select(static word => new ToldWord(word.Start, word.End, IsTag: false)));
            _told.AddRange(tags.Select(static tag => new ToldWord(tag.Start, tag.End, IsTag: true)));
            _toldUntil = _told.Aggregate(_toldUntil, static (until, word) => Math.Max(until, word.End));
            _told.RemoveRange(0, Math.Max(0, _told.Count - MaxToldWords));
        }
    }

    /// <summary>Takes the next phonemes.</summary>
    /// <param name="phonemes">What the upstream told.</param>
    /// <returns>The phonemes of words that were told.</returns>
    public List<TimedText> FilterPhonemes(List<TimedText> phonemes)
    {
        _phonemes.Filter(phonemes);
        lock (_gate)
        {
            _waiting.AddRange(phonemes);
        }

        return TakePhonemes(isSegmentEnd: false);
    }

    /// <summary>Removes the phonemes whose words were told from those that wait.</summary>
    /// <param name="isSegmentEnd">True to take all: no more words follow.</param>
    public List<TimedText> TakePhonemes(bool isSegmentEnd)
    {
        lock (_gate)
        {
            var count = isSegmentEnd ? _waiting.Count : _waiting.TakeWhile(phoneme => MiddleOf(phoneme) <= _toldUntil).Count();
            if (count == 0)
            {
                return [];
            }

            var taken = _waiting.Take(count).Where(phoneme => !IsOfTag(phoneme)).ToList();
            _waiting.RemoveRange(0, count);
            return taken;
        }
    }

    // Times of words that overlap are estimates: the phoneme then belongs to the one that is not a tag.
    private bool IsOfTag(TimedText phoneme)
    {
        var middle = MiddleOf(phoneme);
        var during = _told.FindAll(word => word.Start <= middle && middle < word.End);
        return during.Count > 0 && during.TrueForAll(static word => word.IsTag);
    }

    private static double MiddleOf(TimedText phoneme) => (phoneme.Start + phoneme.End) / 2;

    private readonly record struct ToldWord(double Start, double End, bool IsTag);
}
