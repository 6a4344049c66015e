using System.CommandLine;
using System.CommandLine.Parsing;

namespace TtsGrains.Cli.Tenants;

/// <summary><c>tenants rotate</c>: replaces a key by a new one, and lets the old one expire.</summary>
internal static class RotateCommand
{
    private static readonly TimeSpan LongestOverlap = TimeSpan.FromDays(30);

    public static Command Create()
    {
        var tenant = TenantStoreOptions.CreateTenant();
        var key = new Argument<string>("key") { Description = TenantStoreOptions.KeyHelp };
        var overlap = new Option<TimeSpan>("--overlap")
        {
            CustomParser = ParseOverlap,
            DefaultValueFactory = _ => TimeSpan.FromHours(1),
            Description = "How long the old key stays valid, such as 10m; at most 30d, 0s for not at all. Default: 1h.",
        };
        var expires = NewKeyOptions.CreateExpires("when the old key would have");
        var json = JsonOutput.CreateOption();
        var command = new Command("rotate", "Make a key of the same name and scopes, print it once, and let the old one expire.") { tenant, key, overlap, expires, json };
        TenantStoreOptions.Run(command, async (parsed, tenants, cancellationToken) =>
        {
            var id = parsed.GetValue(tenant)!;
            var old = KeyEntry.Find((await tenants.GetAsync(id, cancellationToken)).Keys, id, parsed.GetValue(key)!);
            NewKeyOptions.Print(await tenants.RotateKeyAsync(id, old, parsed.GetValue(overlap), parsed.GetValue(expires), cancellationToken), id, tenants.Place, parsed.GetValue(json));
            Console.Error.WriteLine($"The key {old.Id} expires in {Duration.Format(parsed.GetValue(overlap))}, unless it expires before.");
        });
        return command;
    }

    private static TimeSpan ParseOverlap(ArgumentResult result)
    {
        var text = result.Tokens.SingleOrDefault()?.Value ?? "";
        if (Duration.TryParse(text, out var overlap) && overlap >= TimeSpan.Zero && overlap <= LongestOverlap)
        {
            return overlap;
        }

        result.AddError($"--overlap is '{text}'; it must be a duration from 0s to 30d.");
        return default;
    }
}
