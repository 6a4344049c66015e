using System.CommandLine;
using System.Globalization;
using TtsGrains.Client;

namespace TtsGrains.Cli.Sessions;

/// <summary><c>sessions</c>: lists the tenant's sessions, one line each, as they come.</summary>
internal static class SessionsCommand
{
    public static Command Create()
    {
        var day = new Option<DateOnly?>("--day") { Description = "Of this day only, UTC, such as 2026-11-20." };
        var reference = new Option<string?>("--ref") { Description = "With this reference of the caller's only." };
        var command = new Command("sessions", "List sessions: id, beginning, reference.") { day, reference };
        ServiceOptions.Run(command, (parsed, client, cancellationToken) => ListAsync(client, parsed.GetValue(day), parsed.GetValue(reference), cancellationToken));
        return command;
    }

    private static async Task ListAsync(TtsClient client, DateOnly? day, string? reference, CancellationToken cancellationToken)
    {
        await foreach (var session in client.Sessions.ListAsync(day, reference, cancellationToken))
        {
            var started = session.StartedAt?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "-";
            Console.WriteLine($"{session.SessionId}  {started}  {session.Ref ?? "-"}");
        }
    }
}
