using System.Buffers;
using System.CommandLine;
using System.Globalization;
using TtsGrains.Client;
using TtsGrains.Client.Contexts;
using TtsGrains.Client.Events;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Cli;

/// <summary><c>say</c>: speaks its arguments, one flush segment each, into WAV files.</summary>
internal static class SayCommand
{
    public const string DefaultVoice = "6ccbfb76-1fc6-48f7-b71d-91ac6298247b";

    public static Command Create()
    {
        var texts = new Argument<string[]>("text") { Arity = ArgumentArity.OneOrMore, Description = "What to say; each becomes a flush segment and a file." };
        var output = new Option<DirectoryInfo>("--out") { DefaultValueFactory = _ => new DirectoryInfo("."), Description = "Where to write flush_1.wav, flush_2.wav, …" };
        var voice = new Option<string>("--voice") { DefaultValueFactory = _ => DefaultVoice, Description = "The voice's id." };
        var model = new Option<string>("--model") { DefaultValueFactory = _ => "sonic-latest", Description = "The model's id." };
        var language = new Option<string>("--language") { DefaultValueFactory = _ => "en", Description = "The language's code." };
        var json = JsonOutput.CreateOption();
        var format = new FormatOptions("pcm_s16le", 24000);
        var command = new Command("say", "Speak text into WAV files and tell how long it took.") { texts, output, voice, model, language, json };
        format.AddTo(command);
        ServiceOptions.Run(command, (parsed, client, cancellationToken) =>
        {
            var context = client.OpenContext(new TtsContextOptions
            {
                Voice = parsed.GetValue(voice)!,
                Model = parsed.GetValue(model)!,
                Language = parsed.GetValue(language),
                Format = format.Read(parsed)!.Value,
            });
            var report = new SayReport(parsed.GetValue(json));
            return SayAsync(client, context, parsed.GetValue(texts)!, format.Read(parsed)!.Value, parsed.GetValue(output)!, report, cancellationToken);
        });
        return command;
    }

    private static async Task SayAsync(
        TtsClient client, TtsContext context, string[] texts, AudioFormat format, DirectoryInfo output, SayReport report, CancellationToken cancellationToken)
    {
        output.Create();
        var started = TimeProvider.System.GetTimestamp();
        await context.PushAsync(texts[0], cancellationToken: cancellationToken);
        report.Session(client.SessionId);
        DeleteEarlierFiles(output);
        var pushing = PushRestAsync(context, texts, cancellationToken);
        var segments = new SortedDictionary<int, ArrayBufferWriter<byte>>();
        TimeSpan? first = null;
        await foreach (var audio in context.ReadAsync(cancellationToken).OfType<AudioEvent>().WithCancellation(cancellationToken))
        {
            first ??= TimeProvider.System.GetElapsedTime(started);
            var flushId = audio.FlushId ?? 1;
            if (!segments.TryGetValue(flushId, out var segment))
            {
                segments[flushId] = segment = new ArrayBufferWriter<byte>();
            }

            segment.Write(audio.Audio.Span);
        }

        await pushing;
        report.FirstAudio(first ?? TimeSpan.Zero);
        foreach (var (flushId, audio) in segments)
        {
            var path = Path.Combine(output.FullName, string.Create(CultureInfo.InvariantCulture, $"flush_{flushId}.wav"));
            await WavFile.WriteAsync(path, format, audio.WrittenMemory, cancellationToken);
            report.File(path, format.DurationOf(audio.WrittenCount));
        }
    }

    // The files of an earlier run with more texts would be taken for this one's.
    private static void DeleteEarlierFiles(DirectoryInfo output)
    {
        foreach (var file in output.EnumerateFiles("flush_*.wav").Where(file => IsSegment(file.Name)))
        {
            file.Delete();
        }
    }

    private static bool IsSegment(string name) => name["flush_".Length..^".wav".Length] is { Length: > 0 } number && number.All(char.IsAsciiDigit);

    private static async Task PushRestAsync(TtsContext context, string[] texts, CancellationToken cancellationToken)
    {
        foreach (var text in texts.Skip(1))
        {
            await context.FlushAsync(cancellationToken);
            await context.PushAsync(text, cancellationToken: cancellationToken);
        }

        await context.CompleteAsync(cancellationToken);
    }
}
