using System.CommandLine;

namespace TtsGrains.Cli.Sessions;

/// <summary><c>erase</c>: removes all that is kept of a session.</summary>
internal static class EraseCommand
{
    public static Command Create()
    {
        var session = new Argument<string>("session") { Description = "The session's id." };
        var json = JsonOutput.CreateOption();
        var command = new Command("erase", "Erase a session: audio, texts, times. Refused while it is under legal hold.") { session, json };
        ServiceOptions.Run(command, async (parsed, client, cancellationToken) =>
        {
            await client.Sessions.EraseAsync(parsed.GetValue(session)!, cancellationToken);
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(new { SessionId = parsed.GetValue(session), Erased = true });
            }
            else
            {
                Console.WriteLine($"{parsed.GetValue(session)} is erased");
            }
        });
        return command;
    }
}
