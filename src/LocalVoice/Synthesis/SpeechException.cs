namespace TtsGrains.LocalVoice.Synthesis;

/// <summary>An engine could not speak a text. The message never contains the text.</summary>
internal sealed class SpeechException : Exception
{
    public SpeechException(string message)
        : base(message)
    {
    }

    public SpeechException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
