using System.Diagnostics.CodeAnalysis;

namespace TtsGrains.Grains.Clustering;

/// <summary>How a process takes part in a cluster. Zero is never a valid value.</summary>
public enum ClusterMode : byte
{
    None = 0,

    /// <summary>Alone: everything in this process, nothing shared.</summary>
    [SuppressMessage("Naming", "CA1720", Justification = "The settings use this name, and it is not mistaken for a number.")]
    Single = 1,

    /// <summary>It hosts grains as one silo of the cluster.</summary>
    Member = 2,

    /// <summary>It calls the grains of the cluster and hosts none.</summary>
    Client = 3,
}
