using System.Runtime.CompilerServices;
using TtsGrains.Cli.Cluster;

[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace TtsGrains.Cluster.Tests.Hosting;

/// <summary>A test that needs a cluster; skipped, with the reason, where there can be none.</summary>
public sealed class ClusterFactAttribute : FactAttribute
{
    public ClusterFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
        => Skip = Needs.Missing;
}

/// <summary>As <see cref="ClusterFactAttribute"/>, for several cases.</summary>
public sealed class ClusterTheoryAttribute : TheoryAttribute
{
    public ClusterTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
        => Skip = Needs.Missing;
}

/// <summary>What a cluster needs of a machine.</summary>
internal static class Needs
{
    /// <summary>What is missing here; null when nothing is.</summary>
    public static string? Missing { get; } = OperatingSystem.IsWindows() ? "the local cluster needs Linux"
        : PrivatePostgres.FindBinaries() is null ? "PostgreSQL is not installed: apt-get install -y postgresql"
        : null;
}
