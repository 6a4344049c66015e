using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using TtsGrains.Client;

namespace TtsGrains.Cli.Tenants;

/// <summary><c>tenants audit</c>: prints the audit records of a service, or verifies their chain.</summary>
internal static class AuditCommand
{
    private const int PageSize = 500;

    public static Command Create()
    {
        var tenant = new Argument<string?>("tenant")
        {
            Description = "A tenant, for a key of the scope operator. Default: the tenant of the key.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var service = new Option<bool>("--service") { Description = "What belongs to no tenant, such as wrong credentials; for a key of the scope operator." };
        var day = new Option<string?>("--day") { Description = "Of this day, UTC, such as 2026-11-20. Default: all." };
        var verify = new Option<bool>("--verify") { Description = "Recompute the chain of all records, and name the first that was changed or is missing." };
        var json = JsonOutput.CreateOption();
        var command = new Command("audit", "Print who listened, exported, erased and changed what, and what was refused.") { tenant, service, day, verify, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(verify) && result.GetValue(day) is not null)
            {
                result.AddError("--verify and --day exclude each other: the chain has all days.");
            }
        });
        ServiceOptions.Run(command, (parsed, client, cancellationToken) =>
        {
            var path = parsed.GetValue(tenant) is { } named ? $"v1/admin/audit?tenant={Uri.EscapeDataString(named)}&" : parsed.GetValue(service) ? "v1/admin/audit?" : "v1/audit?";
            return parsed.GetValue(verify)
                ? VerifyAsync(client, path, parsed.GetValue(json), cancellationToken)
                : PrintAsync(client, $"{path}{(parsed.GetValue(day) is { } date ? $"day={Uri.EscapeDataString(date)}&" : "")}", parsed.GetValue(json), cancellationToken);
        });
        return command;
    }

    private static async Task PrintAsync(TtsClient client, string path, bool isJson, CancellationToken cancellationToken)
    {
        await ReadAsync(
            client,
            path,
            record =>
            {
                foreach (var entry in record.TryGetProperty("entries", out var entries) ? entries.EnumerateArray() : default)
                {
                    Console.WriteLine(isJson ? entry.GetRawText() : Describe(entry));
                }
            },
            cancellationToken);
    }

    private static async Task VerifyAsync(TtsClient client, string path, bool isJson, CancellationToken cancellationToken)
    {
        var verification = new AuditVerification();
        var head = await ReadAsync(client, path, verification.Add, cancellationToken);
        verification.Finish(head);
        if (verification.Fault is { } fault)
        {
            throw new IOException(fault);
        }

        var (number, hash) = (head.GetProperty("number").GetInt64(), head.GetProperty("hash").GetString()!);
        if (isJson)
        {
            JsonOutput.Write(new { Number = number, Hash = hash, Verified = true });
        }
        else
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{number} records, the last is {hash}"));
        }
    }

    /// <summary>Reads all records.</summary>
    /// <returns>The last record as the last page has it.</returns>
    private static async Task<JsonElement> ReadAsync(TtsClient client, string path, Action<JsonElement> add, CancellationToken cancellationToken)
    {
        long? after = 0;
        JsonElement head = default;
        while (after is { } number)
        {
            var answer = await client.RequestAsync(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"{path}after={number}&limit={PageSize}"), json: null, cancellationToken);
            var page = JsonDocument.Parse(answer).RootElement;
            foreach (var record in page.GetProperty("records").EnumerateArray())
            {
                add(record);
            }

            head = page.GetProperty("head");
            after = page.GetProperty("next") is { ValueKind: JsonValueKind.Number } next ? next.GetInt64() : null;
        }

        return head;
    }

    private static string Describe(JsonElement entry)
    {
        string[] rest = [.. entry.EnumerateObject().Where(member => member.Name is not ("at" or "action" or "result" or "by" or "request_id")).Select(member => $"{member.Name}={member.Value}")];
        return string.Create(CultureInfo.InvariantCulture, $"{entry.GetProperty("at").GetDateTimeOffset():yyyy-MM-dd HH:mm:ss}  {Text(entry, "action"),-14}  {Text(entry, "result"),-18}  {Text(entry, "by"),-24}  {string.Join("  ", rest)}").TrimEnd();
    }

    private static string Text(JsonElement entry, string name) => entry.TryGetProperty(name, out var value) ? value.ToString() : "-";
}
