using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tests.Access;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Grains.Clustering;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Audit;

/// <summary>What is recorded of tenants that change in the tenants file.</summary>
public sealed class SettingsAuditTests
{
    private static readonly string Operator = $"Tenants:ops:Keys:0={new ApiKey(ApiKey.HashOf("ops-key")) { Scopes = Scopes.Operator }}";

    [Fact]
    public async Task TenantsFile_ThatChanges_HasAnEntryForEachChangedTenant_AndNoOther()
    {
        using var file = new TestTenantsFile();
        file.Set("carol", ["carol-key"], ("maxOpenContexts", 5), ("archive", "on"));
        file.Set("dave", ["dave-key"]);
        await using var service = await RunningService.StartAsync(Operator, file.Setting);
        using var client = new AuditClient(service, "ops-key");
        Assert.Empty(await client.EntriesAsync("/v1/admin/audit?tenant=carol"));

        file.Set("carol", ["carol-other-key"], ("maxOpenContexts", 7), ("weight", 2), ("archive", "off"));
        var entry = await FirstOfAsync("carol");

        Assert.Equal(
            $"Archive, key {IdOf("carol-other-key")} added (scopes=speak,listen,archive expires=never), key {IdOf("carol-key")} removed, MaxOpenContexts: 5 -> 7, Weight: default -> 2",
            SortedBySetting(AuditClient.Text(entry, "detail")!));
        Assert.Equal(("settings.change", "done", "settings"), (AuditClient.Text(entry, "action"), AuditClient.Text(entry, "result"), AuditClient.Text(entry, "by")));
        Assert.Equal(service.Services.GetRequiredService<ClusterSettings>().Name, AuditClient.Text(entry, "target"));
        Assert.DoesNotContain(ApiKey.HashOf("carol-other-key"), entry.GetRawText(), StringComparison.OrdinalIgnoreCase);

        file.Set("erin", ["erin-key"]);
        Assert.StartsWith($"added, key {IdOf("erin-key")} added", AuditClient.Text(await FirstOfAsync("erin"), "detail"), StringComparison.Ordinal);
        Assert.Single(await client.EntriesAsync("/v1/admin/audit?tenant=carol"));
        Assert.Empty(await client.EntriesAsync("/v1/admin/audit?tenant=dave"));

        Task<JsonElement> FirstOfAsync(string tenant) => WhenRecordedAsync(client, tenant);
    }

    [Fact]
    public async Task Tenant_ThatLeavesTheFile_IsRecordedAsRemoved()
    {
        using var file = new TestTenantsFile();
        file.Set("carol", ["carol-key"]);
        await using var service = await RunningService.StartAsync(Operator, file.Setting);
        using var client = new AuditClient(service, "ops-key");

        file.Write("""{"tenants": {}}""");

        Assert.Equal($"removed, key {IdOf("carol-key")} removed", AuditClient.Text(await WhenRecordedAsync(client, "carol"), "detail"));
    }

    private static async Task<JsonElement> WhenRecordedAsync(AuditClient client, string tenant)
    {
        var path = $"/v1/admin/audit?tenant={tenant}";
        await Eventually.IsAsync(async () => (await client.EntriesAsync(path)).Count, 1, TestContext.Current.CancellationToken);
        return Assert.Single(await client.EntriesAsync(path));
    }

    private static string IdOf(string key) => new ApiKey(ApiKey.HashOf(key)).Id;

    // Settings are in the case of the file.
    private static string SortedBySetting(string detail) => detail.Replace("archive,", "Archive,", StringComparison.Ordinal)
        .Replace("maxOpenContexts", "MaxOpenContexts", StringComparison.Ordinal).Replace("weight", "Weight", StringComparison.Ordinal);
}
