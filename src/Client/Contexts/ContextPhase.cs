namespace TtsGrains.Client.Contexts;

/// <summary>Where a context stands on the client's side. Zero is never a valid phase.</summary>
internal enum ContextPhase : byte
{
    None = 0,

    /// <summary>Events may come.</summary>
    Open = 1,

    /// <summary>Cancelled; the service may still have to be told.</summary>
    Cancelled = 2,

    /// <summary>Nothing more comes and nothing more goes.</summary>
    Ended = 3,
}
