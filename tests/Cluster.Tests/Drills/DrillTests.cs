using System.Runtime.Versioning;
using TtsGrains.Cli.Cluster;
using TtsGrains.Cli.Drill;
using TtsGrains.Cluster.Tests.Hosting;

namespace TtsGrains.Cluster.Tests.Drills;

/// <summary><c>./tts drill</c> with the programs under test.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class DrillTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [ClusterFact]
    public async Task Drill_OfAnUpstreamSocketAndASilo_LosesNothingAndIsSigned()
    {
        var folder = Directory.CreateTempSubdirectory("tts-drill-tests-");
        folder.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        try
        {
            var plan = new ClusterPlan(folder.FullName, Silos: 2, Apis: 2, FirstHttpPort: 0);
            var programs = new ClusterPrograms(Testing.ServicePrograms.PathOf("Silo"), Testing.ServicePrograms.PathOf("ApiHost"), Testing.ServicePrograms.PathOf("LocalVoice"), Testing.Azurite.FindExecutable());
            await using var cluster = await DrillCluster.StartAsync(plan, programs, Token);

            var report = await new DrillRun(cluster, plan, calls: 4, TimeProvider.System).RunAsync(["upstream-socket", "silo"], line => TestContext.Current.TestOutputHelper?.WriteLine(line), Token);

            Assert.All(report.Faults, fault => Assert.True(fault.IsClean, DrillTable.Line(fault)));
            Assert.All(report.Faults, fault => Assert.InRange(fault.Contexts, 4 * 4, int.MaxValue));
            Assert.Equal(report.ToJson(), SignedReport.Verify(SignedReport.Sign(report))!.Value.Report.ToJson());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
