namespace TtsGrains.Grains.Interfaces.Contexts;

/// <summary>The silo is about to stop and takes no context any more: ask again, and another one will.</summary>
[GenerateSerializer, Alias("tts.SiloLeavingException")]
public sealed class SiloLeavingException : Exception
{
    public SiloLeavingException()
    {
    }

    public SiloLeavingException(string message)
        : base(message)
    {
    }

    public SiloLeavingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
