using TtsGrains.PushStreams.Messages;

namespace TtsGrains.PushStreams.Receiving;

/// <summary>A message in an agent's cache.</summary>
/// <param name="message">The message.</param>
/// <param name="line">The line that it stands in.</param>
/// <param name="addedAt">The clock's timestamp when it came.</param>
internal sealed class CachedMessage(NumberedMessage message, StreamBuffer line, long addedAt)
{
    public NumberedMessage Numbered => message;

    public long Number => message.Number;

    public StreamBuffer Line => line;

    public long AddedAt => addedAt;

    /// <summary>Whether it is kept for subscriptions that are about to begin.</summary>
    public bool IsRecent { get; set; } = true;

    /// <summary>True if it is delivered to all consumers.</summary>
    public bool IsDelivered { get; set; }
}
