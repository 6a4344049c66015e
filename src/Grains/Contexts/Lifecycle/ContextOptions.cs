using System.ComponentModel.DataAnnotations;

namespace TtsGrains.Grains.Contexts.Lifecycle;

/// <summary>Times and limits of a context.</summary>
public sealed class ContextOptions
{
    public const string Section = "Contexts";

    /// <summary>
    /// How long a context waits for more text after all it has was spoken, before it ends with <c>done</c>. Cartesia itself waits one second,
    /// too short for a language model that thinks. Default: 5 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan Expiry { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a context may go without progress, over all attempts and upstreams, before it ends with the upstream's error: from its text to its
    /// first audio, after that from one loss of an upstream to audio that gets further. Below the 10 seconds at which common clients stop waiting.
    /// Default: 8 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan RecoveryTimeout { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>How long a context lives on when its owner's socket is gone; zero cancels at once. Default: 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan ReconnectTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the frames of a finished context can still be read; at least 10 seconds for one whose owner is in another process. Default: 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromSeconds(10);
}
