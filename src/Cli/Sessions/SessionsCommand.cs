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
        var live = new Option<bool?>("--live") { Description = "Live sessions only; with false, the others only." };
        var state = new Option<string?>("--state") { Description = "open or finished." };
        state.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text and not ("open" or "finished"))
            {
                result.AddError($"--state is '{text}'; it must be open or finished.");
            }
        });
        var least = NumberOption.CreateOptional("--min-characters", 0, int.MaxValue, "With a text of at least this many characters.");
        var most = NumberOption.CreateOptional("--max-characters", 0, int.MaxValue, "With a text of at most this many characters.");
        var text = new Option<string?>("--text") { Description = "With these words in their archived text, each of them." };
        var json = JsonOutput.CreateOption();
        var command = new Command("sessions", "List sessions, the newest first: id, beginning (UTC), length of the audio, state, reference.")
        {
            day, reference, live, state, least, most, text, json,
        };
        ServiceOptions.Run(command, (parsed, client, cancellationToken) =>
        {
            var filter = new SessionFilter
            {
                Day = parsed.GetValue(day),
                Reference = parsed.GetValue(reference),
                Live = parsed.GetValue(live),
                State = parsed.GetValue(state),
                MinCharacters = parsed.GetValue(least),
                MaxCharacters = parsed.GetValue(most),
                Text = parsed.GetValue(text),
            };
            return ListAsync(client, filter, parsed.GetValue(json), cancellationToken);
        });
        return command;
    }

    private static async Task ListAsync(TtsClient client, SessionFilter filter, bool isJson, CancellationToken cancellationToken)
    {
        var isEmpty = true;
        await foreach (var session in client.Sessions.ListAsync(filter, cancellationToken))
        {
            if (isEmpty && !isJson && !Console.IsOutputRedirected)
            {
                Console.WriteLine(Columns("SESSION", "STARTED", "LENGTH", "STATE", "REF"));
            }

            isEmpty = false;
            if (isJson)
            {
                JsonOutput.Write(session);
                continue;
            }

            var started = session.StartedAt?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "-";
            var length = session.Totals is { } totals ? string.Create(CultureInfo.InvariantCulture, $"{totals.DurationMs / 1000:F1} s") : "-";
            Console.WriteLine(Columns(session.SessionId, started, length, session.Live ? "live" : session.State ?? "-", session.Ref ?? "-"));
        }

        if (isEmpty && !isJson)
        {
            Console.Error.WriteLine(filter == new SessionFilter() ? "There are no sessions of today (UTC)." : "There are no such sessions.");
        }
    }

    private static string Columns(string session, string started, string length, string state, string reference)
        => $"{session,-32}  {started,-19}  {length,9}  {state,-8}  {reference}";

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
