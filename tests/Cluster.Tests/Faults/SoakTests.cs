using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using TtsGrains.Cluster.Tests.Hosting;

namespace TtsGrains.Cluster.Tests.Faults;

/// <summary>
/// One fault after the other, taken by chance, while two hundred contexts speak: for one minute, or as many as <c>TTS_SOAK_MINUTES</c> says. One silo and
/// one API host live through all of it, and do not grow.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class SoakTests(FaultyCluster faulty) : IClassFixture<FaultyCluster>
{
    private const string Survivors = "silo1 api2";
    private const int Calls = 20;

    // What breaks, and what is mended later; members that are gone are started again in any case.
    private static readonly (string Name, Func<LocalCluster, Task> Break, Func<LocalCluster, Task>? Mend)[] Faults =
    [
        ("silo killed", cluster => cluster["silo2"].KillAsync(), null),
        ("silo stopped", cluster => cluster["silo3"].StopAsync(), null),
        ("api host killed", cluster => cluster["api1"].KillAsync(), null),
        ("api host stopped", cluster => cluster["api1"].StopAsync(), null),
        ("upstream sockets cut", cluster => Task.Run(cluster.Upstream.DropAll), null),
        ("database stopped", cluster => cluster.Postgres.StopAsync(), cluster => cluster.Postgres.StartAsync(Token)),
        ("archive stopped", cluster => cluster.Azurite.StopAsync(), cluster => cluster.Azurite.StartAsync()),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [ClusterFact]
    public async Task Soak()
    {
        var length = TimeSpan.FromMinutes(double.Parse(Environment.GetEnvironmentVariable("TTS_SOAK_MINUTES") ?? "1", CultureInfo.InvariantCulture));
        var seed = Environment.TickCount;
        var chance = new Random(seed);
        var cluster = await faulty.GetAsync();
        var since = Stopwatch.GetTimestamp();
        var memory = new List<(TimeSpan At, long[] Bytes)>();
        Say($"{length.TotalMinutes} min, seed {seed}");
        for (var round = 1; Stopwatch.GetElapsedTime(since) < length; round++)
        {
            var fault = Faults[chance.Next(Faults.Length)];
            Say(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(since).TotalMinutes:0.0} min: {fault.Name}"));
            try
            {
                await SpeakThroughAsync(cluster, $"soak-{round}", fault.Break, fault.Mend);
            }
            catch
            {
                await faulty.SayHowItIsAsync();
                throw;
            }

            faulty.Forget();
            memory.Add((Stopwatch.GetElapsedTime(since), [.. Survivors.Split(' ').Select(name => MemoryOf(cluster[name]))]));
            Say($"{Survivors}: {string.Join(", ", memory[^1].Bytes.Select(bytes => $"{bytes >> 20} MiB"))}");
        }

        AssertFlat(memory);
    }

    private static async Task SpeakThroughAsync(LocalCluster cluster, string name, Func<LocalCluster, Task> breakAsync, Func<LocalCluster, Task>? mendAsync)
    {
        await using var load = await Load.StartAsync(cluster, name, Calls, Token);
        await breakAsync(cluster);
        await load.WhenRoundsAsync(2, Token);
        await (mendAsync?.Invoke(cluster) ?? Task.CompletedTask);
        await StartMissingAsync(cluster);
        await load.WhenRoundsAsync(1, Token);
        var spoken = await load.StopAsync();
        await Aftermath.AssertArchivedOnceAsync(cluster, spoken, Token);
        await Aftermath.AssertNothingLeftAsync(cluster, Token);
    }

    private static async Task StartMissingAsync(LocalCluster cluster)
    {
        foreach (var member in cluster.Silos.Concat(cluster.Apis).Where(member => !member.IsRunning))
        {
            await member.StartAsync(Token);
        }
    }

    // What a process needs it has after a third of the time; a leak of a few KB for each context would show in the last third.
    private static void AssertFlat(List<(TimeSpan At, long[] Bytes)> memory)
    {
        var third = memory.Count / 3;
        for (var i = 0; third >= 3 && i < memory[0].Bytes.Length; i++)
        {
            var middle = memory.Skip(third).Take(third).Max(sample => sample.Bytes[i]);
            var last = memory.Skip(2 * third).Min(sample => sample.Bytes[i]);
            Assert.True(last < middle * 1.25, $"{Survivors.Split(' ')[i]} has grown from {middle >> 20} to {last >> 20} MiB.");
        }
    }

    private static long MemoryOf(Member member)
    {
        using var process = Process.GetProcessById(member.Process.Id);
        return process.WorkingSet64;
    }

    private static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);
}
