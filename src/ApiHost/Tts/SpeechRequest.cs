using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.ApiHost.Tts;

/// <summary>A text that one HTTP request wants spoken: a context of a single push.</summary>
/// <param name="Key">The context.</param>
/// <param name="Version">The API version that the client speaks.</param>
/// <param name="Settings">How to speak.</param>
/// <param name="Input">What to say.</param>
internal sealed record SpeechRequest(ContextKey Key, ApiVersion Version, ContextSettings Settings, ContextInput Input)
{
    /// <summary>What the client wants of the session.</summary>
    public SessionWishes Wishes { get; init; } = SessionWishes.None;

    /// <summary>The settings as the grain takes them.</summary>
    public ContextTerms ToTerms() => Wishes.Apply(ContextTerms.From(Settings, Version));
}
