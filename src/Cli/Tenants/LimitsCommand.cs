using System.CommandLine;
using System.Globalization;

namespace TtsGrains.Cli.Tenants;

/// <summary><c>tenants limits</c>: shows and changes the limits of a tenant, which are the whole numbers of its settings.</summary>
internal static class LimitsCommand
{
    private const string Default = "default";

    public static Command Create()
    {
        var tenant = TenantStoreOptions.CreateTenant();
        var json = JsonOutput.CreateOption();
        (TenantLimit Limit, Option<string?> Option)[] limits = [.. TenantLimit.All.Select(limit => (limit, CreateOption(limit)))];
        var command = new Command("limits", "Show the limits of a tenant, or change them.") { tenant, json };
        foreach (var (_, option) in limits)
        {
            command.Add(option);
        }

        TenantStoreOptions.Run(command, async (parsed, tenants, cancellationToken) =>
        {
            var id = parsed.GetValue(tenant)!;
            var changes = limits.Where(limit => parsed.GetValue(limit.Option) is not null).ToDictionary(
                limit => limit.Limit.Name, limit => parsed.GetValue(limit.Option) is { } text && text != Default ? long.Parse(text, CultureInfo.InvariantCulture) : default(long?));
            if (changes.Count > 0)
            {
                await tenants.SetLimitsAsync(id, changes, cancellationToken);
            }

            Print((await tenants.GetAsync(id, cancellationToken)).Limits, parsed.GetValue(json));
        });
        return command;
    }

    private static void Print(IReadOnlyDictionary<string, long?> limits, bool isJson)
    {
        if (isJson)
        {
            JsonOutput.Write(limits);
            return;
        }

        var width = limits.Keys.Max(name => name.Length);
        foreach (var (name, value) in limits)
        {
            Console.WriteLine($"{name.PadRight(width)}  {value?.ToString(CultureInfo.InvariantCulture) ?? "-"}");
        }
    }

    private static Option<string?> CreateOption(TenantLimit limit)
    {
        var name = $"--{limit.Name.Replace('_', '-')}";
        var option = new Option<string?>(name) { Description = $"{limit.Rule}, or {Default}.", HelpName = "number" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && text != Default
                && !(long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && limit.Allows(number)))
            {
                result.AddError($"{name} is '{text}'; it must be {limit.Rule}, or {Default}.");
            }
        });
        return option;
    }
}
