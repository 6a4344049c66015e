using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using TtsGrains.Client;
using TtsGrains.Client.Sessions;

namespace TtsGrains.Cli.Sessions;

/// <summary><c>sessions</c>: lists the tenant's sessions, one line each, as they come.</summary>
internal static class SessionsCommand
{
    public static Command Create()
    {
        var day = new Option<DateOnly?>("--day")
        {
            CustomParser = ParseDay,
            Description = "Of this day, UTC, such as 2026-11-20; today unless a reference is given.",
        };
        var reference = new Option<string?>("--ref") { Description = "With this reference of the caller's only." };
        var json = JsonOutput.CreateOption();
        var command = new Command("sessions", "List sessions: id, beginning, reference.") { day, reference, json };
        ServiceOptions.Run(command, (parsed, client, cancellationToken)
            => ListAsync(client, parsed.GetValue(day), parsed.GetValue(reference), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task ListAsync(TtsClient client, DateOnly? day, string? reference, bool isJson, CancellationToken cancellationToken)
    {
        var isEmpty = true;
        await foreach (var session in client.Sessions.ListAsync(new SessionFilter { Day = day, Reference = reference }, cancellationToken))
        {
            isEmpty = false;
            if (isJson)
            {
                JsonOutput.Write(session);
                continue;
            }

            var started = session.StartedAt?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "-";
            Console.WriteLine($"{session.SessionId}  {started}  {session.Ref ?? "-"}");
        }

        if (isEmpty && !isJson)
        {
            Console.Error.WriteLine(day is null && reference is null ? "There are no sessions of today (UTC)." : "There are no such sessions.");
        }
    }

    private static DateOnly? ParseDay(ArgumentResult result)
    {
        if (DateOnly.TryParseExact(result.Tokens.SingleOrDefault()?.Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return day;
        }

        result.AddError("--day must be a date such as 2026-11-20.");
        return null;
    }
}
