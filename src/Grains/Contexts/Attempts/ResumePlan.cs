using System.Collections.Immutable;
using System.Text;
using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Contexts.Words;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Upstreams;
using TtsGrains.Protocol.Frames;
using TtsGrains.Protocol.Markup;

namespace TtsGrains.Grains.Contexts.Attempts;

/// <summary>
/// What to send to a new upstream context when one was lost, and what of its audio and times to leave out because the client has it. Pure: it
/// follows from the inputs that are not finished and what the log holds.
/// </summary>
/// <param name="Inputs">What is left to say, as pushes.</param>
/// <param name="Kind">How it continues.</param>
/// <param name="StartSeconds">What time 0 of the new upstream context is in the time of the context, s.</param>
/// <param name="SkipBytes">Bytes of its first audio to leave out: whole samples.</param>
/// <param name="SkipWords">Words to leave out.</param>
/// <param name="SkipPhonemes">Phonemes to leave out.</param>
/// <param name="EarliestWord">The latest start of a word that the client was told, s.</param>
/// <param name="EarliestPhoneme">The latest start of a phoneme that the client was told, s.</param>
/// <param name="Words">The words that need not be said again, with their times.</param>
internal sealed record ResumePlan(
    ImmutableArray<ContextInput> Inputs,
    SeamKind Kind,
    double StartSeconds,
    long SkipBytes,
    int SkipWords,
    int SkipPhonemes,
    double EarliestWord,
    double EarliestPhoneme,
    ImmutableArray<TimedText> Words)
{
    /// <summary>The segment that continues, from 1.</summary>
    public required int Segment { get; init; }

    /// <summary>Bytes of audio that the client has of it.</summary>
    public required long SegmentBytes { get; init; }

    /// <summary>
    /// How much may be said twice, s, where the upstream has not told how far the word after the last finished one has come. A word that was
    /// begun, with the pause before it, is about as long. What is delivered beyond is left out.
    /// </summary>
    public const double MostRepeatedSeconds = 0.6;

    // Word times are rounded on their way.
    private const double Tolerance = 0.0001;

    /// <summary>Decides how to go on.</summary>
    /// <param name="inputs">The inputs of all segments that are not finished; the first belongs to the segment that is being spoken.</param>
    /// <param name="configBefore">The <c>generation_config</c> that holds where they begin; null for none.</param>
    /// <param name="delivered">What the log holds of that segment.</param>
    /// <param name="mode">From where to go on.</param>
    /// <param name="markupBefore">The settings that tags have put in force where the inputs begin.</param>
    public static ResumePlan Of(
        ImmutableArray<ContextInput> inputs, byte[]? configBefore, DeliveredSpeech delivered, ResumeMode mode, MarkupState markupBefore = default)
    {
        var words = mode == ResumeMode.Word && delivered.Bytes > 0 ? delivered.Words : [];
        var text = TextOf(inputs);
        var place = FindPlace(text, words, delivered);

        // Pauses are silence behind the last word, however many attempts it took.
        var wordEnd = place.Words > 0 ? words[place.Words - 1].End : delivered.EndSeconds - delivered.Format.DurationOf(delivered.Bytes).TotalSeconds;
        var behind = place.IsByWord ? delivered.EndSeconds - wordEnd : 0;
        var cut = MarkupText.CutBefore(inputs, text, place.Position, markupBefore, behind, out var paused);
        var remaining = WithConfig(cut, configBefore);
        var skip = SkippedBytes(
            delivered, paused > 0 ? place with { Seconds = Math.Max(place.Seconds, wordEnd + paused) } : place, Speakable.IsIn(TextOf(remaining)));
        return new ResumePlan(
            remaining,
            KindOf(delivered, place),
            delivered.Format.DurationOf(delivered.EndBytes - skip).TotalSeconds,
            skip,
            Math.Max(0, delivered.ToldWords - place.Words),
            delivered.Phonemes.Count(phoneme => phoneme.End > place.Seconds + Tolerance),
            delivered.EarliestWord,
            delivered.Phonemes.IsEmpty ? 0 : delivered.Phonemes.Max(phoneme => phoneme.Start),
            [.. words.Take(place.Words)])
        {
            Segment = delivered.Segment,
            SegmentBytes = delivered.SegmentBytes,
        };
    }

    private static SeamKind KindOf(DeliveredSpeech delivered, Place place)
        => delivered.Bytes == 0 ? SeamKind.Resend : place.IsByWord ? SeamKind.Word : SeamKind.Sample;

    // Behind the last finished word whose place in the text is certain, or where the last seam was.
    private static Place FindPlace(string text, ImmutableArray<TimedText> words, DeliveredSpeech delivered)
    {
        var ends = WordAligner.Follow(text, words);
        var anchor = Math.Min(delivered.AnchorWords, words.Length);
        for (var i = words.Length - 1; i >= anchor; i--)
        {
            if (ends[i] != WordAligner.Unknown && words[i].End <= delivered.EndSeconds + Tolerance)
            {
                return new Place(i + 1, ends[i], words[i].End, IsTold(i + 1));
            }
        }

        return anchor == 0
            ? new Place(0, 0, delivered.AnchorSeconds, IsTold(0))
            : new Place(anchor, Math.Max(0, ends[anchor - 1]), delivered.AnchorSeconds, IsTold(anchor));

        bool IsTold(int word) => word < words.Length && ends[word] != WordAligner.Unknown;
    }

    // Without word times all delivered audio, exactly: the text is spoken again from there, with what the client may still push. With
    // word times a started word is spoken again from its beginning; behind the last word the next text begins with a word of its own.
    private static long SkippedBytes(DeliveredSpeech delivered, Place place, bool isSpeechLeft)
    {
        var sample = delivered.Format.BytesPerSample;
        var beyond = delivered.EndBytes - ((long)Math.Round(place.Seconds * delivered.Format.SampleRate) * sample);
        var skip = place.IsNextTold ? 0
            : !place.IsByWord ? beyond
            : isSpeechLeft ? beyond - (long)(MostRepeatedSeconds * delivered.Format.BytesPerSecond)
            : 0;
        skip = Math.Clamp(skip, 0, delivered.EndBytes);

        // When the upstream was lost within a sample, the rest of it comes first.
        return skip - (skip % sample) + (delivered.EndBytes % sample);
    }

    private static string TextOf(ImmutableArray<ContextInput> inputs)
    {
        var text = new StringBuilder();
        foreach (var input in inputs)
        {
            text.Append(input.Text);
            if (input.Flush)
            {
                break;
            }
        }

        return text.ToString();
    }

    /// <summary>A setting of one text holds for the texts behind it, so the first repeated text must carry all earlier settings.</summary>
    public static ImmutableArray<ContextInput> WithConfig(ImmutableArray<ContextInput> inputs, byte[]? configBefore)
    {
        var changed = inputs.ToBuilder();
        var text = "";
        for (var i = 0; i < changed.Count; i++)
        {
            configBefore = GenerationConfigs.Merge(configBefore, changed[i].GenerationConfig);
            text += changed[i].Text;
            if (Speakable.IsIn(text))
            {
                changed[i] = changed[i] with { GenerationConfig = configBefore };
                break;
            }

            changed[i] = changed[i] with { GenerationConfig = null };
        }

        return changed.DrainToImmutable();
    }

    private readonly record struct Place(int Words, int Position, double Seconds, bool IsNextTold)
    {
        public bool IsByWord => Words > 0 || IsNextTold;
    }
}
