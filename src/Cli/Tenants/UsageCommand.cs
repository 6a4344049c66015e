using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace TtsGrains.Cli.Tenants;

/// <summary><c>tenants usage</c>: prints the usage of the key's tenant.</summary>
internal static class UsageCommand
{
    public static Command Create()
    {
        var from = new Option<string?>("--from") { Description = "The first day, UTC, such as 2026-11-01. Default: today." };
        var to = new Option<string?>("--to") { Description = "The last day, at most 30 days later. Default: the first." };
        var by = new Option<string?>("--by") { Description = "day, key, ref, model or upstream. Default: day." };
        var csv = new Option<bool>("--csv") { Description = "Print CSV." };
        var json = JsonOutput.CreateOption();
        var command = new Command("usage", "Print the usage of a tenant, with a key of its own that has the scope admin.") { from, to, by, csv, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(csv) && result.GetValue(json))
            {
                result.AddError("--csv and --json exclude each other.");
            }
        });
        ServiceOptions.Run(command, async (parsed, client, cancellationToken) =>
        {
            (string Name, string? Value)[] query = [("from", parsed.GetValue(from)), ("to", parsed.GetValue(to)), ("by", parsed.GetValue(by)), ("format", parsed.GetValue(csv) ? "csv" : "json")];
            var path = "v1/usage?" + string.Join('&', query.Where(part => part.Value is not null).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}"));
            var answer = await client.RequestAsync(HttpMethod.Get, path, json: null, cancellationToken);
            if (parsed.GetValue(csv))
            {
                Console.Write(Encoding.UTF8.GetString(answer));
                return;
            }

            var groups = JsonDocument.Parse(answer).RootElement.GetProperty("groups").EnumerateArray().ToList();
            if (parsed.GetValue(json))
            {
                groups.ForEach(group => Console.WriteLine(group.GetRawText()));
            }
            else
            {
                PrintTable(groups);
            }
        });
        return command;
    }

    // As many columns as the service has numbers.
    private static void PrintTable(List<JsonElement> groups)
    {
        if (groups.Count == 0)
        {
            Console.Error.WriteLine("There is no usage of these days.");
            return;
        }

        List<string[]> rows =
        [
            [.. groups[0].EnumerateObject().Select(member => member.Name.ToUpperInvariant())],
            .. groups.Select(group => group.EnumerateObject().Select(member => member.Value.ValueKind == JsonValueKind.Number
                ? member.Value.GetDouble().ToString("0.##", CultureInfo.InvariantCulture)
                : member.Value.ToString() is { Length: > 0 } text ? text : "-").ToArray()),
        ];
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            Console.WriteLine(string.Join("  ", row.Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))));
        }
    }
}
