namespace TtsGrains.Grains.Interfaces.Sessions;

/// <summary>The result of a request to erase, hold or release a session. Zero is never a valid value.</summary>
[GenerateSerializer, Alias("tts.SessionChange")]
public enum SessionChange : byte
{
    None = 0,

    /// <summary>Done, and stored.</summary>
    Done = 1,

    /// <summary>There is no such session, or no hold to release.</summary>
    NotFound = 2,

    /// <summary>A legal hold keeps the session.</summary>
    Held = 3,

    /// <summary>A context of the session is open.</summary>
    Open = 4,

    /// <summary>The archive's store failed; the request can be repeated.</summary>
    StoreUnavailable = 5,
}

/// <summary>The origin of a request to change a session, for the audit record.</summary>
/// <param name="By">The key that asked, or the name of the job.</param>
/// <param name="RequestId">The id of the request; null if a job asked.</param>
[GenerateSerializer, Immutable, Alias("tts.SessionChangeOrigin")]
public sealed record SessionChangeOrigin([property: Id(0)] string By, [property: Id(1)] string? RequestId);

/// <summary>Receives what a session has to tell to a host that has listeners of it.</summary>
[Alias("tts.ISessionObserver")]
public interface ISessionObserver : IGrainObserver
{
    /// <summary>The session was erased: drops everything of it, and ends its listeners.</summary>
    [Alias("erased")]
    Task OnErasedAsync();
}
