using System.CommandLine;
using System.Globalization;

namespace TtsGrains.Cli.Tenants;

/// <summary><c>tenants list</c>: the tenants of a file.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var json = JsonOutput.CreateOption();
        var command = new Command("list", "List the tenants: id, number of valid keys, open contexts at most.") { json };
        TenantsFileOption.Run(command, (parsed, file) =>
        {
            var now = TimeProvider.System.GetUtcNow();
            foreach (var tenant in file.Tenants)
            {
                var limits = LimitsCommand.Of(file, tenant);
                var keys = file.KeysOf(tenant).Count(key => !key.HasExpired(now));
                if (parsed.GetValue(json))
                {
                    JsonOutput.Write(new { Tenant = tenant, Keys = keys, Limits = limits });
                }
                else
                {
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tenant,-24}  {keys,3} keys  {limits["max_open_contexts"],9} contexts"));
                }
            }
        });
        return command;
    }
}
