namespace TtsGrains.Client.Contexts;

/// <summary>What became of an event that was given to a context. Zero is never a valid value.</summary>
internal enum Delivery : byte
{
    None = 0,

    /// <summary>It waits for the reader.</summary>
    Taken = 1,

    /// <summary>There is no room for it now.</summary>
    Full = 2,

    /// <summary>It was the last one.</summary>
    Ended = 3,

    /// <summary>It is a repeat, or not needed any more.</summary>
    Ignored = 4,
}
