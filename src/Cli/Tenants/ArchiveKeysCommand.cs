using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace TtsGrains.Cli.Tenants;

/// <summary><c>tenants archive-keys</c>: lists the keys that the archive of the key's tenant is encrypted with, makes the next one, or deletes all.</summary>
internal static class ArchiveKeysCommand
{
    private const string Path = "v1/archive-keys";

    public static Command Create()
    {
        var rotate = new Option<bool>("--rotate") { Description = "Make a new key, which encrypts from now on; the others still decrypt." };
        var delete = new Option<string?>("--delete")
        {
            HelpName = "tenant",
            Description = "Delete all keys, which erases what they encrypted and cannot be undone. The id of the tenant confirms it. Refused while a session is under legal hold.",
        };
        var json = JsonOutput.CreateOption();
        var command = new Command("archive-keys", "List the keys of a tenant's archive: number, creation, deletion; with a key of its own that has the scope admin.") { rotate, delete, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(rotate) && result.GetValue(delete) is not null)
            {
                result.AddError("--rotate and --delete exclude each other.");
            }
        });
        ServiceOptions.Run(command, async (parsed, client, cancellationToken) =>
        {
            if (parsed.GetValue(delete) is { } tenant)
            {
                await client.RequestAsync(HttpMethod.Delete, $"{Path}?confirm={Uri.EscapeDataString(tenant)}", json: null, cancellationToken);
                PrintDeleted(tenant, parsed.GetValue(json));
                return;
            }

            Print(await client.RequestAsync(parsed.GetValue(rotate) ? HttpMethod.Post : HttpMethod.Get, Path, json: null, cancellationToken), parsed.GetValue(json));
        });
        return command;
    }

    private static void PrintDeleted(string tenant, bool isJson)
    {
        if (isJson)
        {
            JsonOutput.Write(new { Tenant = tenant, Deleted = true });
        }
        else
        {
            Console.WriteLine($"The archive keys of {tenant} are deleted");
        }
    }

    private static void Print(byte[] answer, bool isJson)
    {
        using var document = JsonDocument.Parse(answer);
        foreach (var key in document.RootElement.GetProperty("keys").EnumerateArray())
        {
            Console.WriteLine(isJson ? key.GetRawText() : $"{key.GetProperty("number").GetInt32(),4}  {Time(key, "created_at"),-20}  {Time(key, "deleted_at")}");
        }

        if (!isJson && !document.RootElement.GetProperty("encrypted").GetBoolean())
        {
            Console.Error.WriteLine("The archive is not encrypted.");
        }
    }

    private static string Time(JsonElement key, string name)
        => key.GetProperty(name) is { ValueKind: JsonValueKind.String } time ? time.GetDateTimeOffset().UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "-";
}
