using System.CommandLine;

namespace TtsGrains.Cli.Tenants;

/// <summary><c>tenants revoke</c>: takes out keys. What is open with them ends within 5 s.</summary>
internal static class RevokeCommand
{
    public static Command Create()
    {
        var tenant = TenantStoreOptions.CreateTenant();
        var key = new Argument<string?>("key") { Description = TenantStoreOptions.KeyHelp, Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "Revoke all keys of the tenant." };
        var json = JsonOutput.CreateOption();
        var command = new Command("revoke", "Revoke a key: its connections and the tokens that it created end within 5 s.") { tenant, key, all, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(all) == (result.GetValue(key) is not null))
            {
                result.AddError("tenants revoke needs either a key or --all.");
            }
        });
        TenantStoreOptions.Run(command, async (parsed, tenants, cancellationToken) =>
        {
            var id = parsed.GetValue(tenant)!;
            var known = (await tenants.GetAsync(id, cancellationToken)).Keys;
            IReadOnlyList<KeyEntry> revoked = parsed.GetValue(all) ? known : [KeyEntry.Find(known, id, parsed.GetValue(key)!)];
            await tenants.RevokeAsync(id, revoked, cancellationToken);
            foreach (var each in revoked)
            {
                if (parsed.GetValue(json))
                {
                    JsonOutput.Write(new { Tenant = id, each.Id, Revoked = true });
                }
                else
                {
                    Console.WriteLine($"{each.Id} of {id} is revoked");
                }
            }
        });
        return command;
    }
}
