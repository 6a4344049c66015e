using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Grains.Sessions;

/// <summary>The stored state of a session, with the first page of its contexts; see <see cref="SessionPages"/> for the others.</summary>
[GenerateSerializer, Alias("tts.SessionState")]
internal sealed class SessionState
{
    [Id(0)]
    public List<SessionContext> Contexts { get; set; } = [];

    [Id(1)]
    public string? Reference { get; set; }

    /// <summary>When its first client connected or its first context was opened.</summary>
    [Id(2)]
    public DateTimeOffset? StartedAt { get; set; }
}
