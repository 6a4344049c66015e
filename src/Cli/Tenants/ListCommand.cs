using System.CommandLine;
using System.Globalization;

namespace TtsGrains.Cli.Tenants;

/// <summary><c>tenants list</c>: all tenants.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var json = JsonOutput.CreateOption();
        var command = new Command("list", "List the tenants: id, number of valid keys, open contexts at most; of a service also where it has them from.") { json };
        TenantStoreOptions.Run(command, async (parsed, tenants, cancellationToken) =>
        {
            var now = TimeProvider.System.GetUtcNow();
            foreach (var tenant in await tenants.ListAsync(cancellationToken))
            {
                var keys = tenant.Keys.Count(key => !(key.ExpiresAt <= now));
                if (parsed.GetValue(json))
                {
                    JsonOutput.Write(new { tenant.Tenant, tenant.Source, Keys = keys, tenant.Limits });
                }
                else
                {
                    var source = tenant.Source is null ? "" : $"  {tenant.Source}";
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tenant.Tenant,-24}  {keys,3} keys  {tenant.Limits["max_open_contexts"],9} contexts{source}"));
                }
            }
        });
        return command;
    }
}
