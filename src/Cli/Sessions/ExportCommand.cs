using System.CommandLine;
using System.Globalization;
using TtsGrains.Client;
using TtsGrains.Client.Sessions;

namespace TtsGrains.Cli.Sessions;

/// <summary><c>export</c>: downloads all that is kept of a session.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var session = new Argument<string>("session") { Description = "The session's id." };
        var output = new Option<DirectoryInfo>("--out") { Required = true, Description = "Where to write recording.wav, and a folder for each context." };
        var command = new Command("export", "Download a session: its recording, and the segments and manifest of every context.") { session, output };
        ServiceOptions.Run(command, (parsed, client, cancellationToken)
            => ExportAsync(client.Sessions, parsed.GetValue(session)!, parsed.GetValue(output)!, cancellationToken));
        return command;
    }

    private static async Task ExportAsync(TtsSessions sessions, string session, DirectoryInfo output, CancellationToken cancellationToken)
    {
        var detail = await sessions.GetAsync(session, cancellationToken);
        output.Create();
        foreach (var context in detail.Contexts)
        {
            var folder = output.CreateSubdirectory(string.Create(CultureInfo.InvariantCulture, $"{context.Ordinal:D4}-{FileNameOf(context.ContextId ?? "")}"));
            await ExportAsync(sessions, session, context, folder, cancellationToken);
        }

        await DownloadBar.RunAsync(
            Path.Combine(output.FullName, "recording.wav"), (file, progress) => sessions.DownloadRecordingAsync(session, file, progress, cancellationToken));
    }

    private static async Task ExportAsync(
        TtsSessions sessions, string session, SessionContext context, DirectoryInfo folder, CancellationToken cancellationToken)
    {
        foreach (var segment in (context.Segments ?? []).Where(segment => segment.HasAudio))
        {
            var path = Path.Combine(folder.FullName, string.Create(CultureInfo.InvariantCulture, $"{segment.FlushId}.wav"));
            await DownloadBar.RunAsync(
                path, (file, progress) => sessions.DownloadSegmentAsync(session, context.Ordinal, segment.FlushId, file, progress, cancellationToken));
        }

        try
        {
            var manifest = await sessions.GetManifestAsync(session, context.Ordinal, cancellationToken);
            await File.WriteAllBytesAsync(Path.Combine(folder.FullName, "manifest.json"), manifest, cancellationToken);
        }
        catch (TtsException e) when (e.Status == 404)
        {
            Console.Error.WriteLine($"{context.ContextId ?? folder.Name} has no manifest yet: it is still speaking, or is not kept.");
        }
    }

    // A context's id is any text; a file's name is not.
    private static string FileNameOf(string contextId)
        => string.Concat(contextId.Take(64).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_'));
}
