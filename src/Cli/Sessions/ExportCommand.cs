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
        var asScript = new Option<bool>("--as-script") { Description = "Write each context as a script for TtsGrains.Testing, its text and audio redacted, in place of the files." };
        var withText = new Option<bool>("--with-text") { Description = "Keep the text in scripts." };
        var withAudio = new Option<bool>("--with-audio") { Description = "Keep the audio in scripts." };
        var json = JsonOutput.CreateOption();
        var command = new Command("export", "Download a session: its recording, and the segments and manifest of every context; or every context as a script.")
        {
            session, output, asScript, withText, withAudio, json,
        };
        command.Validators.Add(result =>
        {
            if (!result.GetValue(asScript) && (result.GetValue(withText) || result.GetValue(withAudio)))
            {
                result.AddError("--with-text and --with-audio need --as-script.");
            }
        });
        ServiceOptions.Run(command, (parsed, client, cancellationToken) =>
        {
            var (id, folder, downloads) = (parsed.GetValue(session)!, parsed.GetValue(output)!, new DownloadBar(parsed.GetValue(json)));
            return parsed.GetValue(asScript)
                ? ExportScriptsAsync(client.Sessions, id, folder, parsed.GetValue(withText), parsed.GetValue(withAudio), downloads, cancellationToken)
                : ExportAsync(client.Sessions, id, folder, downloads, cancellationToken);
        });
        return command;
    }

    private static async Task ExportScriptsAsync(
        TtsSessions sessions, string session, DirectoryInfo output, bool withText, bool withAudio, DownloadBar downloads, CancellationToken cancellationToken)
    {
        var detail = await GetAsync(sessions, session, cancellationToken);
        output.Create();
        foreach (var context in detail.Contexts)
        {
            var path = Path.Combine(output.FullName, string.Create(CultureInfo.InvariantCulture, $"{context.Ordinal:D4}.script.json"));
            var manifest = await sessions.GetManifestAsync(session, context.Ordinal, cancellationToken);
            await File.WriteAllBytesAsync(path, await ScriptExport.OfAsync(manifest, withText, withAudio ? AudioOfAsync : null), cancellationToken);
            downloads.WriteDone(path);

            async Task<byte[]> AudioOfAsync(int flushId)
            {
                using var file = new MemoryStream();
                await sessions.DownloadSegmentAsync(session, context.Ordinal, flushId, file, progress: null, cancellationToken);
                return file.ToArray();
            }
        }
    }

    private static async Task ExportAsync(TtsSessions sessions, string session, DirectoryInfo output, DownloadBar downloads, CancellationToken cancellationToken)
    {
        var detail = await GetAsync(sessions, session, cancellationToken);
        output.Create();
        foreach (var context in detail.Contexts)
        {
            var folder = output.CreateSubdirectory(string.Create(CultureInfo.InvariantCulture, $"{context.Ordinal:D4}-{FileNameOf(context.ContextId ?? "")}"));
            await ExportAsync(sessions, session, context, folder, downloads, cancellationToken);
        }

        try
        {
            await downloads.RunAsync(
                Path.Combine(output.FullName, "recording.wav"), (file, progress) => sessions.DownloadRecordingAsync(session, file, progress, cancellationToken));
        }
        catch (TtsException e) when (e.Code is "mixed_formats" or "recording_too_long" or "session_not_found")
        {
            // The segments are all there is then, and they are here.
            Console.Error.WriteLine($"There is no recording of the whole session: {(e.Status == 404 ? "nothing of it is kept." : e.Error.Message)}");
        }
    }

    // A context that has just ended is on its way into the archive: a request for its manifest waits for it.
    private static async Task<SessionDetail> GetAsync(TtsSessions sessions, string session, CancellationToken cancellationToken)
    {
        var detail = await sessions.GetAsync(session, cancellationToken);
        var isWhole = true;
        foreach (var context in detail.Contexts.Where(context => context is { State: "finished", Archived: false }))
        {
            isWhole = false;
            try
            {
                await sessions.GetManifestAsync(session, context.Ordinal, cancellationToken);
            }
            catch (TtsException e) when (e.Status == 404)
            {
                // Told with its other files.
            }
        }

        return isWhole ? detail : await sessions.GetAsync(session, cancellationToken);
    }

    private static async Task ExportAsync(
        TtsSessions sessions, string session, SessionContext context, DirectoryInfo folder, DownloadBar downloads, CancellationToken cancellationToken)
    {
        foreach (var segment in (context.Segments ?? []).Where(segment => segment.HasAudio))
        {
            var path = Path.Combine(folder.FullName, string.Create(CultureInfo.InvariantCulture, $"{segment.FlushId}.wav"));
            await downloads.RunAsync(
                path, (file, progress) => sessions.DownloadSegmentAsync(session, context.Ordinal, segment.FlushId, file, progress, cancellationToken));
        }

        try
        {
            var manifest = await sessions.GetManifestAsync(session, context.Ordinal, cancellationToken);
            var path = Path.Combine(folder.FullName, "manifest.json");
            await File.WriteAllBytesAsync(path, manifest, cancellationToken);
            downloads.WriteDone(path);
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
