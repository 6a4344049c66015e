using TtsGrains.Protocol;

namespace TtsGrains.ApiHost.Tts;

/// <summary>Who is on a socket.</summary>
/// <param name="Tenant">From the credential, never from the request's path.</param>
/// <param name="Session">The call that its contexts belong to.</param>
/// <param name="SocketId">Ours; in every request id of the socket.</param>
/// <param name="Version">The API version that the client speaks.</param>
internal sealed record SocketIdentity(string Tenant, string Session, string SocketId, ApiVersion Version)
{
    /// <summary>The contexts that it resumes.</summary>
    public IReadOnlyList<ResumeRequest> Resumes { get; init; } = [];

    /// <summary>Whether the client has named its session, and so knows how to come back to it.</summary>
    public bool MayComeBack { get; init; }

    /// <summary>Whether the client is to be told the offset of every frame.</summary>
    public bool WantsOffsets { get; init; }

    /// <summary>What the client wants of the session.</summary>
    public SessionRequestOptions Options { get; init; } = SessionRequestOptions.None;
}
