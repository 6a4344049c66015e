namespace TtsGrains.Grains.Interfaces.Contexts;

/// <summary>The silo is about to stop and takes no context any more: ask again, and another one will.</summary>
[GenerateSerializer, Alias("tts.SiloDrainingException")]
public sealed class SiloDrainingException : Exception
{
    public SiloDrainingException()
    {
    }

    public SiloDrainingException(string message)
        : base(message)
    {
    }

    public SiloDrainingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
