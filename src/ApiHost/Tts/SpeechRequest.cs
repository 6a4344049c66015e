using System.Diagnostics;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.ApiHost.Tts;

/// <summary>A text that one HTTP request wants spoken: a context of a single push.</summary>
/// <param name="Key">The context.</param>
/// <param name="Version">The API version that the client speaks.</param>
/// <param name="Settings">How to speak.</param>
/// <param name="Input">What to say.</param>
internal sealed record SpeechRequest(ContextKey Key, ApiVersion Version, SpeechSettings Settings, ContextInput Input)
{
    /// <summary>What the client wants of the session.</summary>
    public SessionRequestOptions Options { get; init; } = SessionRequestOptions.None;

    /// <summary>The span that the context belongs to; null if it is in no trace.</summary>
    public ActivityContext? Parent { get; init; }

    /// <summary>The settings as the grain takes them.</summary>
    public ContextSettings ToSettings() => Options.Apply(ContextSettings.From(Settings, Version));
}
