using System.Security.Cryptography;
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
        var rotated = await RunAsync("tenants", "rotate", tenant, "first", "--overlap", "10m");
        Assert.Matches("^key     sk_tts_\\S+\ntenant  .*\nid      [0-9a-f]{16}\n$", rotated.Output);
        Assert.Matches("The key [0-9a-f]{16} expires in 10m, unless it expires before.\n$", rotated.Errors);
        Assert.Matches("^([0-9a-f]{16})  .*  20.*Z  first\n[0-9a-f]{16}  .*  -  +first\n$", (await RunAsync("tenants", "keys", tenant)).Output);
        Assert.Equal(0, (await RunAsync("tenants", "revoke", tenant, rotated.Output.TrimEnd()[^16..])).ExitCode);
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
    public async Task ArchiveKeys_AreListedRotatedAndDeleted()
    {
        await using var encrypted = await RealService.StartAsync("--Archive:Encryption:Mode=on", $"--Tenants:acme:Keys:0={Convert.ToHexStringLower(SHA256.HashData("acme-admin"u8))} scopes=admin");
        string[] command = ["tenants", "archive-keys", "--key", "acme-admin"];

        Assert.Equal((0, "", ""), await encrypted.RunCliAsync(command));
        var rotated = await encrypted.RunCliAsync([.. command, "--rotate"]);
        Assert.Matches("^   1  20.* [0-9:]{8}   -\n$", rotated.Output);
        Assert.Equal(rotated, await encrypted.RunCliAsync(command));
        Assert.Equal((1, "confirm"), ((await encrypted.RunCliAsync([.. command, "--delete", "other"])) is var (code, _, errors) && errors.Contains("confirm", StringComparison.Ordinal) ? (code, "confirm") : (0, "")));
        Assert.Equal((0, "The archive keys of acme are deleted\n", ""), await encrypted.RunCliAsync([.. command, "--delete", "acme"]));
        var listed = await encrypted.RunCliAsync([.. command, "--json"]);
        Assert.Equal(JsonValueKind.String, JsonDocument.Parse(listed.Output).RootElement.GetProperty("deleted_at").ValueKind);

        // Of a service that does not encrypt.
        var key = JsonDocument.Parse((await RunAsync("tenants", "add", $"t-{Guid.NewGuid():N}", "--scopes", "admin", "--json")).Output).RootElement.GetProperty("key").GetString()!;
        Assert.Equal((0, "", "The archive is not encrypted.\n"), await service.RunCliAsync("tenants", "archive-keys", "--key", key));
        Assert.StartsWith("Encryption off: ", (await service.RunCliAsync("tenants", "archive-keys", "--rotate", "--key", key)).Errors, StringComparison.Ordinal);
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
