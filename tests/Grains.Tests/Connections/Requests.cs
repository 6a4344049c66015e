using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Tests.Connections;

/// <summary>Requests of several clients for the tests of an upstream's health.</summary>
internal static class Requests
{
    /// <summary>A request: each combination of tenant, session and text is a context of its own.</summary>
    public static RequestFingerprint Of(string tenant, string session, string text, string voice = "voice-1", string context = "context") => RequestFingerprint.Of(
        new ContextKey(tenant, session, $"{context}-{text}", "socket.1"),
        new ContextSettings
        {
            ApiVersion = "2026-03-01",
            ModelId = "sonic-3",
            VoiceId = voice,
            Encoding = "pcm_s16le",
            SampleRate = 8000,
            MaxBufferDelayMs = 0,
            PassThrough = [],
        },
        [new ContextInput(text, Flush: false, IsLast: true)]);

    /// <summary>Requests of one tenant that have nothing else in common.</summary>
    public static IEnumerable<RequestFingerprint> Independent(int count, string tenant = "acme")
        => Enumerable.Range(1, count).Select(number => Of(tenant, $"{tenant}-session-{number}", $"{tenant} text {number}"));
}
