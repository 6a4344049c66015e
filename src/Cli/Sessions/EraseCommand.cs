using System.CommandLine;

namespace TtsGrains.Cli.Sessions;

/// <summary><c>erase</c>: removes all that is kept of a session.</summary>
internal static class EraseCommand
{
    public static Command Create()
    {
        var session = new Argument<string>("session") { Description = "The session's id." };
        var command = new Command("erase", "Erase a session: audio, texts, times. Refused while it is under legal hold.") { session };
        ServiceOptions.Run(command, async (parsed, client, cancellationToken) =>
        {
            await client.Sessions.EraseAsync(parsed.GetValue(session)!, cancellationToken);
            Console.WriteLine($"{parsed.GetValue(session)} is erased");
        });
        return command;
    }
}
