namespace TtsGrains.PushStreams;
/// <summary>A queue had no room for a message as long as its publisher would wait. The message was not published.</summary>
[GenerateSerializer, Alias("TtsGrains.PushStreams.PushQueueFullException")]
public sealed class PushQueueFullException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which queue, and why it may be full.</param>
    public PushQueueFullException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    public PushQueueFullException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which queue, and why it may be full.</param>
    /// <param name="innerException">What caused it.</param>
    public PushQueueFullException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
