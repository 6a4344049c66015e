using System.CommandLine;

namespace TtsGrains.Cli.Tenants;

/// <summary><c>tenants keys</c>: lists the keys of a tenant, or makes one more.</summary>
internal static class KeysCommand
{
    public static Command Create()
    {
        var tenant = TenantStoreOptions.CreateTenant();
        var isNew = new Option<bool>("--new") { Description = "Make one more key, and print it once. To rotate a key, move its clients to the new one, then revoke the old one." };
        var json = JsonOutput.CreateOption();
        var command = new Command("keys", "List the keys of a tenant: id, scopes, expiry, name.") { tenant, isNew, json };
        var key = NewKeyOptions.AddTo(command);
        command.Validators.Add(result =>
        {
            if (!result.GetValue(isNew) && key.AreGiven(result))
            {
                result.AddError("--name, --scopes and --expires need --new.");
            }
        });
        TenantStoreOptions.Run(command, async (parsed, tenants, cancellationToken) =>
        {
            var id = parsed.GetValue(tenant)!;
            if (parsed.GetValue(isNew))
            {
                NewKeyOptions.Print(await tenants.AddKeyAsync(id, key.Read(parsed), cancellationToken), id, tenants.Place, parsed.GetValue(json));
                return;
            }

            foreach (var known in (await tenants.GetAsync(id, cancellationToken)).Keys)
            {
                Print(known, parsed.GetValue(json));
            }
        });
        return command;
    }

    private static void Print(KeyEntry key, bool isJson)
    {
        var expires = key.ExpiresAt is { } end ? ApiKey.Format(end) : null;
        if (isJson)
        {
            JsonOutput.Write(new { key.Id, key.Scopes, Expires = expires, key.Name });
            return;
        }

        Console.WriteLine($"{key.Id}  {string.Join(',', key.Scopes),-27}  {expires ?? "-",-20}  {key.Name ?? "-"}");
    }
}
