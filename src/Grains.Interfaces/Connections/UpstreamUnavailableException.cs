namespace TtsGrains.Grains.Interfaces.Connections;

/// <summary>An upstream could not be reached, or refused the connection.</summary>
[GenerateSerializer, Alias("tts.UpstreamUnavailableException")]
public sealed class UpstreamUnavailableException : Exception
{
    public UpstreamUnavailableException()
    {
    }

    public UpstreamUnavailableException(string message)
        : base(message)
    {
    }

    public UpstreamUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
