namespace TtsGrains.Grains.Interfaces.Contexts;

/// <summary>Which contexts of a tenant get its places at an upstream first. Zero is never a valid value.</summary>
public enum PriorityClass : byte
{
    None = 0,

    /// <summary>Someone listens now.</summary>
    Live = 1,

    /// <summary>Someone is called back.</summary>
    Callback = 2,

    /// <summary>No one waits for it.</summary>
    Batch = 3,
}
