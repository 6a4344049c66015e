using System.CommandLine;

namespace TtsGrains.Cli.Tenants;

/// <summary><c>tenants add</c>: a new tenant with its first key.</summary>
internal static class AddCommand
{
    public static Command Create()
    {
        var tenant = TenantStoreOptions.CreateTenant();
        tenant.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { Length: > 0 } id && !TenantId.IsValid(id))
            {
                result.AddError($"The tenant must be {TenantId.Rule}.");
            }
        });
        var json = JsonOutput.CreateOption();
        var command = new Command("add", "Add a tenant, and print its first key once. Begins the file if it does not exist.") { tenant, json };
        var key = NewKeyOptions.AddTo(command);
        TenantStoreOptions.Run(
            command,
            async (parsed, tenants, cancellationToken) =>
            {
                var id = parsed.GetValue(tenant)!;
                NewKeyOptions.Print(await tenants.AddAsync(id, key.Read(parsed), cancellationToken), id, tenants.Place, parsed.GetValue(json));
            },
            isNew: true);
        return command;
    }
}
