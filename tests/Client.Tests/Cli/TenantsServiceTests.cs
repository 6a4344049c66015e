using System.Text.Json;
using TtsGrains.Client.Tests.Service;

namespace TtsGrains.Client.Tests.Cli;

/// <summary>The commands that change the tenants of a running service, and print what it recorded.</summary>
public sealed class TenantsServiceTests(RealService service)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tenant_OfAService_IsAddedChangedAndRemoved()
    {
        var tenant = $"t-{Guid.NewGuid():N}";
        var added = await RunAsync("tenants", "add", tenant, "--name", "first", "--scopes", "speak,archive,admin", "--json");
        Assert.Equal((0, ""), (added.ExitCode, added.Errors));
        var key = JsonDocument.Parse(added.Output).RootElement.GetProperty("key").GetString()!;

        Assert.Matches("weight +3\n", (await RunAsync("tenants", "limits", tenant, "--weight", "3")).Output);
        Assert.StartsWith("key     sk_tts_", (await RunAsync("tenants", "keys", tenant, "--new", "--name", "second")).Output, StringComparison.Ordinal);
        Assert.Matches("^[0-9a-f]{16} of .* is revoked\n$", (await RunAsync("tenants", "revoke", tenant, "second")).Output);
        Assert.Matches($"(?m)^{tenant} .* 1 keys .* api$", (await RunAsync("tenants", "list")).Output);
        Assert.Equal(1, (await RunAsync("tenants", "revoke", tenant, "second")).ExitCode);

        // Refused, and recorded.
        Assert.Equal(1, (await service.RunCliAsync("erase", "nothing", "--key", key)).ExitCode);
        var audit = await service.RunCliAsync("tenants", "audit", "--key", key);
        Assert.Matches("tenant.add +done", audit.Output);
        Assert.Matches("key.revoke +done", audit.Output);
        Assert.Matches("erase +session_not_found", audit.Output);
        Assert.Matches("^[0-9]+ records, the last is [0-9a-f]{64}\n$", (await service.RunCliAsync("tenants", "audit", "--verify", "--key", key)).Output);
        Assert.Equal((0, "There is no usage of these days.\n"), await UsageAsync(key));
        Assert.StartsWith("group,contexts,characters,", (await service.RunCliAsync("tenants", "usage", "--csv", "--key", key)).Output, StringComparison.Ordinal);

        Assert.Equal($"{tenant} is removed\n", (await RunAsync("tenants", "remove", tenant)).Output);
        Assert.Contains("tenant.remove", (await RunAsync("tenants", "audit", tenant)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AuditRecord_ThatIsChangedInTheStore_IsFound()
    {
        var tenant = $"t-{Guid.NewGuid():N}";
        var key = JsonDocument.Parse((await RunAsync("tenants", "add", tenant, "--scopes", "admin", "--json")).Output).RootElement.GetProperty("key").GetString()!;
        var record = Path.Combine(service.Data, "archive", tenant, "audit", "000000000", "000000000001.json");
        var content = await File.ReadAllTextAsync(record, Token);

        await File.WriteAllTextAsync(record, content.Replace("tenant.add", "tenant.rob", StringComparison.Ordinal), Token);
        var changed = await service.RunCliAsync("tenants", "audit", "--verify", "--key", key);
        File.Delete(record);
        var missing = await service.RunCliAsync("tenants", "audit", "--verify", "--key", key);
        await File.WriteAllTextAsync(record, content, Token);

        Assert.Equal((1, "Record 1 was changed: record 2 has the hash of another one.\n"), (changed.ExitCode, changed.Errors));
        Assert.Equal((1, "Record 1 is missing.\n"), (missing.ExitCode, missing.Errors));
        Assert.Equal(0, (await service.RunCliAsync("tenants", "audit", "--verify", "--key", key)).ExitCode);
    }

    [Fact]
    public async Task Tenant_OfTheSettings_CannotBeChanged()
    {
        var refused = await RunAsync("tenants", "remove", "demo");

        Assert.Equal(1, refused.ExitCode);
        Assert.StartsWith("Tenant configured: The tenant is in the settings or the tenants file of the service; change it there.", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_WithAFileAndAService_AreRefused()
        => Assert.Equal((2, "", "--file and --url exclude each other.\n"), await RunAsync("tenants", "list", "--file", "tenants.json"));

    private async Task<(int, string)> UsageAsync(string key)
    {
        var (exitCode, _, errors) = await service.RunCliAsync("tenants", "usage", "--key", key);
        return (exitCode, errors);
    }

    private Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) => service.RunCliAsync([.. arguments, "--key", RealService.OperatorKey]);
}
