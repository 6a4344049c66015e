using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tests.Audit;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Archive.Stores;
using TtsGrains.Archive.Usage;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Sessions;

/// <summary>A running service packs the usage records of old days, of tenants without a limit too.</summary>
public sealed class UsagePackingTests
{
    private const int Contexts = 20;
    private static readonly DateTimeOffset Started = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Usage_OfAnOldDay_IsPackedOnceTheStoreTakesAPackAndAddsUpToTheSame(int faults)
    {
        await using var service = await RunningService.StartWithAsync(
            services => FaultyArchive.Put(services, store => store.Fails = name => ArchiveNames.IsUsagePack(name) && Interlocked.Decrement(ref faults) >= 0),
            $"Tenants:acme:Keys:1={new ApiKey(ApiKey.HashOf("boss-key")) { Scopes = Scopes.Admin, Name = "boss" }}", "Archive:SweepInterval=00:00:01");
        var archive = service.Services.GetRequiredService<ISegmentArchive>();
        var ledger = service.Services.GetRequiredService<UsageLedger>();
        for (var i = 0; i < Contexts; i++)
        {
            await ledger.WriteAsync(
                new UsageRecord("acme", "call", $"{i}", i, null, "sonic-3", "main", Started, Started.AddSeconds(2), ContextOutcome.Done, 6, 7, 500, 8_000), Token);
        }

        // A pass may come between two writes; the last record is then alone, and stays loose.
        var day = ArchiveNames.UsagePrefix("acme", DateOnly.FromDateTime(Started.UtcDateTime));
        await Eventually.IsTrueAsync(
            () => archive.ListAsync(day, Token).CountAsync(stored => !ArchiveNames.IsUsagePack(stored.Name), Token).AsTask().GetAwaiter().GetResult() < 2, Token);

        Assert.True(faults <= 0);
        using var http = new HttpClient { BaseAddress = service.Http };
        http.DefaultRequestHeaders.Add("X-API-Key", "boss-key");
        var usage = await http.GetFromJsonAsync<JsonElement>("/v1/usage?from=2026-03-04", Token);
        var group = Assert.Single(usage.GetProperty("groups").EnumerateArray());
        Assert.Equal(
            (Contexts, 6 * Contexts, 7 * Contexts),
            (group.GetProperty("contexts").GetInt32(), group.GetProperty("characters").GetInt32(), group.GetProperty("characters_synthesised").GetInt32()));
    }
}
