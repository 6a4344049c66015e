using TtsGrains.Protocol.Audio;

namespace TtsGrains.Cli;

/// <summary>What to say and how.</summary>
/// <param name="Texts">One flush segment each.</param>
/// <param name="Model">The model's id.</param>
/// <param name="Voice">The voice's id.</param>
/// <param name="Language">The language's code.</param>
/// <param name="Format">The form of the audio.</param>
internal sealed record SpeechRequest(IReadOnlyList<string> Texts, string Model, string Voice, string Language, AudioFormat Format);

/// <summary>What came back.</summary>
/// <param name="TimeToFirstAudio">From the first push to the first chunk.</param>
/// <param name="Segments">The audio by flush id, in order.</param>
internal sealed record SpokenText(TimeSpan TimeToFirstAudio, IReadOnlyDictionary<int, byte[]> Segments);

/// <summary>The service answered with an error, or left before it was done.</summary>
internal sealed class SpeechFailedException : Exception
{
    public SpeechFailedException()
    {
    }

    public SpeechFailedException(string message)
        : base(message)
    {
    }

    public SpeechFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
