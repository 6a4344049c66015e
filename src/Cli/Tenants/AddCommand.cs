using System.CommandLine;

namespace TtsGrains.Cli.Tenants;

/// <summary><c>tenants add</c>: a new tenant with its first key.</summary>
internal static class AddCommand
{
    public static Command Create()
    {
        var tenant = TenantsFileOption.CreateTenant();
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
        TenantsFileOption.Run(
            command,
            (parsed, file) =>
            {
                file.Add(parsed.GetValue(tenant)!);
                key.Make(parsed, file, parsed.GetValue(tenant)!, parsed.GetValue(json));
            },
            isNew: true);
        return command;
    }
}
