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
}
