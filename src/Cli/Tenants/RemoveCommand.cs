using System.CommandLine;

namespace TtsGrains.Cli.Tenants;

/// <summary><c>tenants remove</c>: takes out a tenant with all its keys. Its archive stays.</summary>
internal static class RemoveCommand
{
    public static Command Create()
    {
        var tenant = TenantStoreOptions.CreateTenant();
        var json = JsonOutput.CreateOption();
        var command = new Command("remove", "Remove a tenant with all its keys. What it has archived stays.") { tenant, json };
        TenantStoreOptions.Run(command, async (parsed, tenants, cancellationToken) =>
        {
            var id = parsed.GetValue(tenant)!;
            await tenants.RemoveAsync(id, cancellationToken);
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(new { Tenant = id, Removed = true });
            }
            else
            {
                Console.WriteLine($"{id} is removed");
            }
        });
        return command;
    }
}
