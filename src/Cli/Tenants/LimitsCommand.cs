using System.CommandLine;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using TtsGrains.Tenants.Files;

namespace TtsGrains.Cli.Tenants;

/// <summary><c>tenants limits</c>: shows and changes the limits of a tenant, which are the whole numbers of its settings.</summary>
internal static class LimitsCommand
{
    private const string Default = "default";

    private static readonly Setting[] Limits = [.. Setting.Of(typeof(TenantOptions)).Where(setting => setting.ValueType == typeof(int) || setting.ValueType == typeof(long))];

    public static Command Create()
    {
        var tenant = TenantsFileOption.CreateTenant();
        var json = JsonOutput.CreateOption();
        (Setting Setting, Option<string?> Option)[] limits = [.. Limits.Select(setting => (setting, CreateOption(setting)))];
        var command = new Command("limits", "Show the limits of a tenant, or change them.") { tenant, json };
        foreach (var (_, option) in limits)
        {
            command.Add(option);
        }

        TenantsFileOption.Run(command, (parsed, file) =>
        {
            var id = parsed.GetValue(tenant)!;
            foreach (var (setting, option) in limits.Where(limit => parsed.GetValue(limit.Option) is not null))
            {
                var text = parsed.GetValue(option)!;
                file.Set(id, setting.Name, text == Default ? null : long.Parse(text, CultureInfo.InvariantCulture));
            }

            if (limits.Any(limit => parsed.GetValue(limit.Option) is not null))
            {
                file.Save();
            }

            Print(file, id, parsed.GetValue(json));
        });
        return command;
    }

    /// <summary>Gets the limits of a tenant; null for one that it does not have.</summary>
    public static Dictionary<string, long?> Of(TenantsFileEditor file, string tenant)
    {
        var defaults = new TenantOptions();
        return Limits.ToDictionary(
            limit => JsonNamingPolicy.SnakeCaseLower.ConvertName(limit.Name),
            limit => file.SettingOf(tenant, limit.Name) is { } text ? long.Parse(text, CultureInfo.InvariantCulture)
                : limit.Property.GetValue(defaults) is { } value ? Convert.ToInt64(value, CultureInfo.InvariantCulture)
                : default(long?));
    }

    private static void Print(TenantsFileEditor file, string tenant, bool isJson)
    {
        var limits = Of(file, tenant);
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

    private static Option<string?> CreateOption(Setting setting)
    {
        var name = $"--{JsonNamingPolicy.KebabCaseLower.ConvertName(setting.Name)}";
        var range = setting.Property.GetCustomAttributes(inherit: true).OfType<RangeAttribute>().Single();
        var option = new Option<string?>(name) { Description = $"{Annotations.Describe(range)}, or {Default}.", HelpName = "number" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && text != Default && !IsIn(range, text))
            {
                result.AddError($"{name} is '{text}'; it must be {Annotations.Describe(range)}, or {Default}.");
            }
        });
        return option;
    }

    private static bool IsIn(RangeAttribute range, string text)
        => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= Convert.ToInt64(range.Minimum, CultureInfo.InvariantCulture) && number <= Convert.ToInt64(range.Maximum, CultureInfo.InvariantCulture);
}
