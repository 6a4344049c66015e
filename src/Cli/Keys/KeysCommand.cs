using System.CommandLine;

namespace TtsGrains.Cli.Keys;

/// <summary><c>keys new</c>: makes an API key. Only its SHA-256 goes into the service's settings.</summary>
internal static class KeysCommand
{
    public static Command Create()
    {
        var tenant = new Option<string>("--tenant") { DefaultValueFactory = _ => "demo", Description = "The tenant that the key is for." };
        var json = JsonOutput.CreateOption();
        var create = new Command("new", "Make a key, and print it once with the setting that lets it in.") { tenant, json };
        tenant.Validators.Add(result =>
        {
            if (result.GetValue(tenant) is not { } name || !TenantId.IsValid(name))
            {
                result.AddError($"--tenant takes {TenantId.Rule}.");
            }
        });
        create.SetAction(parsed => Print(parsed.GetValue(tenant)!, parsed.GetValue(json)));
        return new Command("keys", "Make API keys.") { create };
    }

    private static void Print(string tenant, bool isJson)
    {
        var key = ApiKey.NewSecret();
        var hash = ApiKey.HashOf(key);
        if (isJson)
        {
            JsonOutput.Write(new { Key = key, Tenant = tenant, Sha256 = hash });
            return;
        }

        Console.WriteLine($"key      {key}");
        Console.WriteLine($"setting  Tenants__{tenant}__Keys__0={hash}");
        Console.Error.WriteLine("The key is shown this once. The setting holds only its SHA-256; count the 0 up when the tenant has other keys.");
    }
}
