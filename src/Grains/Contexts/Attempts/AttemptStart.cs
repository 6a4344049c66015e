using TtsGrains.Grains.Contexts.Log;

namespace TtsGrains.Grains.Contexts.Attempts;

/// <summary>Where in a log an attempt begins, and what of it is left out because the client has it already.</summary>
/// <param name="Attempt">Which attempt.</param>
/// <param name="StartSeconds">What its own time 0 is in the time of the context, s.</param>
/// <param name="SkipBytes">Bytes of its first audio to leave out.</param>
/// <param name="SkipWords">Words to leave out: they were told before.</param>
/// <param name="SkipPhonemes">Phonemes to leave out.</param>
/// <param name="EarliestWord">No word that is told from now on begins before this, s: times never go back.</param>
/// <param name="EarliestPhoneme">The same for phonemes, s.</param>
/// <param name="IsSeam">True if it continues where another was lost.</param>
internal sealed record AttemptStart(
    int Attempt,
    double StartSeconds,
    long SkipBytes = 0,
    int SkipWords = 0,
    int SkipPhonemes = 0,
    double EarliestWord = 0,
    double EarliestPhoneme = 0,
    bool IsSeam = false)
{
    /// <summary>Finds out when it is silent for too long.</summary>
    public required ProgressWatch Watch { get; init; }

    /// <summary>Removes tags from the words and phonemes that it tells.</summary>
    public AttemptMarkup Markup { get; } = new();

    /// <summary>Begins an attempt: from now on only this one appends to the log. Call it only while none does.</summary>
    /// <param name="log">The context's log.</param>
    /// <param name="attempt">Counts the attempts, from 1.</param>
    /// <param name="watch">Finds out when it is silent for too long.</param>
    /// <param name="plan">How it continues where another was lost; null if it begins with new text.</param>
    public static AttemptStart Begin(ContextLog log, int attempt, ProgressWatch watch, ResumePlan? plan = null)
    {
        if (plan is null)
        {
            log.Attempts.Begin(attempt, seam: null);
            return new AttemptStart(attempt, log.Format.DurationOf(log.AudioBytes).TotalSeconds) { Watch = watch };
        }

        // Nothing may have been left to say of the segment that was broken off; then this is the next one.
        var goesOn = plan.Segment == log.Segment;
        log.Attempts.Begin(attempt, goesOn ? new SegmentSeam(plan.Words.Length, plan.StartSeconds, plan.Words) : new SegmentSeam(0, plan.StartSeconds, []));
        return new AttemptStart(
            attempt,
            plan.StartSeconds,
            plan.SkipBytes,
            goesOn ? plan.SkipWords : 0,
            goesOn ? plan.SkipPhonemes : 0,
            plan.EarliestWord,
            plan.EarliestPhoneme,
            IsSeam: true)
        { Watch = watch };
    }
}
