using System.CommandLine;
using System.Globalization;
using TtsGrains.Client;
using TtsGrains.Client.Events;
using TtsGrains.Client.Sessions;

namespace TtsGrains.Cli.Sessions;

/// <summary><c>listen</c>: hears a session, live or from any position, as lines of what happens or as a WAV file.</summary>
internal static class ListenCommand
{
    public static Command Create()
    {
        var session = new Argument<string>("session") { Description = "The session's id." };
        var output = new Option<FileInfo?>("--out") { Description = "Write the audio into this WAV file. Without it, what happens is printed." };
        var from = new Option<string[]>("--from")
        {
            DefaultValueFactory = _ => ["live"],
            Description = "live, start, or context:offset; may be given several times.",
        };
        from.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(token => !IsPosition(token.Value)) is { } wrong)
            {
                result.AddError($"--from must be live, start or context:offset, and not {wrong.Value}.");
            }
        });
        var json = JsonOutput.CreateOption();
        var format = new FormatOptions(encoding: null, rate: null);
        var command = new Command("listen", "Listen to a session, live or from any position. Ends with the session, or with Ctrl-C.") { session, output, from, json };
        format.AddTo(command);
        ServiceOptions.Run(command, (parsed, client, cancellationToken) =>
        {
            var options = new ListenOptions { From = [.. parsed.GetValue(from)!.Select(ListenFrom.Parse)], Format = format.Read(parsed) };
            return parsed.GetValue(output) is { } file
                ? SaveAsync(client.Sessions, parsed.GetValue(session)!, options, file, new DownloadBar(parsed.GetValue(json)), cancellationToken)
                : PrintAsync(client, parsed.GetValue(session)!, options, parsed.GetValue(json), cancellationToken);
        });
        return command;
    }

    // An id may contain colons.
    private static bool IsPosition(string text)
        => text is "live" or "start" || (text.LastIndexOf(':') is > 0 and var colon && ulong.TryParse(text.AsSpan(colon + 1), CultureInfo.InvariantCulture, out _));

    // Ctrl-C ends a recording like the session's end does, and so does a service that goes away: what was heard is a whole file.
    private static async Task SaveAsync(TtsSessions sessions, string session, ListenOptions options, FileInfo output, DownloadBar downloads, CancellationToken cancellationToken)
    {
        TtsException? brokenOff = null;
        await downloads.RunEndlessAsync(output.FullName, async (file, progress) =>
        {
            try
            {
                await sessions.CopyAudioAsync(session, options, file, progress, cancellationToken);
            }
            catch (OperationCanceledException) when (file.Length > 0)
            {
                // The sizes are corrected below.
            }
            catch (TtsException e) when (file.Length > 0)
            {
                brokenOff = e;
            }

            if (file.Length == 0)
            {
                throw new TtsException("Nothing was said, so there is nothing to write; --from start hears what was said before.");
            }

            WavFile.CorrectSizes(file);
        });
        if (brokenOff is not null)
        {
            throw brokenOff;
        }
    }

    private static async Task PrintAsync(TtsClient client, string session, ListenOptions options, bool isJson, CancellationToken cancellationToken)
    {
        await foreach (var item in client.ListenAsync(session, options, cancellationToken))
        {
            if (isJson)
            {
                JsonOutput.Write(SessionEvent.Of(item));
            }
            else
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{item.ContextId}:{item.Offset}  {Describe(item)}"));
            }
        }
    }

    private static string Describe(TtsEvent item) => item switch
    {
        AudioEvent audio => string.Create(CultureInfo.InvariantCulture, $"audio, {audio.Audio.Length} bytes, segment {audio.FlushId}"),
        WordsEvent words => $"words: {string.Join(' ', words.Words.Select(word => word.Text))}",
        PhonemesEvent phonemes => $"phonemes: {string.Join(' ', phonemes.Phonemes.Select(phoneme => phoneme.Text))}",
        FlushDoneEvent flush => string.Create(CultureInfo.InvariantCulture, $"segment {flush.FlushId} done"),
        GapEvent { To: { } to } gap => string.Create(CultureInfo.InvariantCulture, $"gap: events {gap.From} to {to - 1} cannot be had any more"),
        GapEvent gap => string.Create(CultureInfo.InvariantCulture, $"gap: events from {gap.From} on cannot be had any more"),
        ErrorEvent error => $"error {error.Error.Status}: {error.Error.Title}: {error.Error.Message}",
        _ => "done",
    };
}
