using TtsGrains.Grains.Clustering;
using Xunit;

namespace TtsGrains.Grains.Tests.Clustering;

/// <summary>The connection string of the cluster's database, with the service's own defaults.</summary>
public sealed class ClusterDatabaseTests
{
    [Fact]
    public void Describe_WithoutTimesAndPool_HasOurs()
    {
        var database = ClusterDatabase.Describe(new ClusterSettings { ConnectionString = "Host=db;Username=tts", Name = "one" });

        Assert.Equal((5, 10, 16, "tts-grains one"), (database.Timeout, database.CommandTimeout, database.MaxPoolSize, database.ApplicationName));
    }

    [Theory]
    [InlineData("Timeout=7;Command Timeout=8;Maximum Pool Size=9;Application Name=mine")]
    [InlineData("timeout=7;commandtimeout=8;maxpoolsize=9;application name=mine")]
    public void Describe_WithTimesAndPool_KeepsThem(string given)
    {
        var database = ClusterDatabase.Describe(new ClusterSettings { ConnectionString = $"Host=db;{given}" });

        Assert.Equal((7, 8, 9, "mine"), (database.Timeout, database.CommandTimeout, database.MaxPoolSize, database.ApplicationName));
    }

    [Fact]
    public void Describe_WithALargerMinimumPool_AllowsIt()
        => Assert.Equal(40, ClusterDatabase.Describe(new ClusterSettings { ConnectionString = "Host=db;Minimum Pool Size=40" }).MaxPoolSize);
}
