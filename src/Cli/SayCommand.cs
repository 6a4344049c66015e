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
    private const string DefaultVoice = "6ccbfb76-1fc6-48f7-b71d-91ac6298247b";

    public static Command Create()
    {
        var texts = new Argument<string[]>("text") { Arity = ArgumentArity.OneOrMore, Description = "What to say; each becomes a flush segment and a file." };
        var output = new Option<DirectoryInfo>("--out") { DefaultValueFactory = _ => new DirectoryInfo("."), Description = "Where to write flush_1.wav, flush_2.wav, …" };
        var voice = new Option<string>("--voice") { DefaultValueFactory = _ => DefaultVoice, Description = "The voice's id." };
        var model = new Option<string>("--model") { DefaultValueFactory = _ => "sonic-latest", Description = "The model's id." };
        var language = new Option<string>("--language") { DefaultValueFactory = _ => "en", Description = "The language's code." };
        var format = new FormatOptions("pcm_s16le", 24000);
        var command = new Command("say", "Speak text into WAV files and tell how long it took.") { texts, output, voice, model, language };
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
            return SayAsync(client, context, parsed.GetValue(texts)!, format.Read(parsed)!.Value, parsed.GetValue(output)!, cancellationToken);
        });
        return command;
    }

    private static async Task SayAsync(
        TtsClient client, TtsContext context, string[] texts, AudioFormat format, DirectoryInfo output, CancellationToken cancellationToken)
    {
        output.Create();
        var started = TimeProvider.System.GetTimestamp();
        var pushing = PushAsync(context, texts, cancellationToken);
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
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first audio after {(first ?? TimeSpan.Zero).TotalMilliseconds:F0} ms"));
        foreach (var (flushId, audio) in segments)
        {
            var path = Path.Combine(output.FullName, string.Create(CultureInfo.InvariantCulture, $"flush_{flushId}.wav"));
            await WavFile.WriteAsync(path, format, audio.WrittenMemory, cancellationToken);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}  {format.DurationOf(audio.WrittenCount).TotalSeconds:F2} s"));
        }

        if (client.SessionId is { } session)
        {
            Console.WriteLine($"session {session}");
        }
    }

    private static async Task PushAsync(TtsContext context, string[] texts, CancellationToken cancellationToken)
    {
        for (var i = 0; i < texts.Length; i++)
        {
            await context.PushAsync(texts[i], cancellationToken: cancellationToken);
            if (i < texts.Length - 1)
            {
                await context.FlushAsync(cancellationToken);
            }
        }

        await context.CompleteAsync(cancellationToken);
    }
}
