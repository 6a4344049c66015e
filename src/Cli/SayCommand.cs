using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net.WebSockets;
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
        var url = new Option<Uri>("--url") { DefaultValueFactory = _ => new Uri("http://127.0.0.1:8080"), CustomParser = ParseUrl, Description = "The service." };
        var key = new Option<string>("--key") { DefaultValueFactory = _ => "demo", Description = "The API key." };
        var voice = new Option<string>("--voice") { DefaultValueFactory = _ => DefaultVoice, Description = "The voice's id." };
        var model = new Option<string>("--model") { DefaultValueFactory = _ => "sonic-latest", Description = "The model's id." };
        var language = new Option<string>("--language") { DefaultValueFactory = _ => "en", Description = "The language's code." };
        var rate = new Option<int>("--rate") { DefaultValueFactory = _ => 24000, Description = "Samples per second, Hz." };
        var encoding = new Option<string>("--encoding") { DefaultValueFactory = _ => "pcm_s16le", Description = "pcm_s16le, pcm_f32le, pcm_mulaw or pcm_alaw." };
        var command = new Command("say", "Speak text into WAV files and tell how long it took.") { texts, output, url, key, voice, model, language, rate, encoding };
        command.SetAction((parsed, cancellationToken) =>
        {
            var format = new AudioFormat(AudioNames.ParseEncoding(parsed.GetValue(encoding)!), parsed.GetValue(rate));
            if (format.Encoding == AudioEncoding.None || !AudioNames.SampleRates.Contains(format.SampleRate))
            {
                return Task.FromResult(Complain($"--encoding and --rate must be ones of the protocol; rates are {string.Join(", ", AudioNames.SampleRates)} Hz."));
            }

            var speech = new SpeechRequest(parsed.GetValue(texts)!, parsed.GetValue(model)!, parsed.GetValue(voice)!, parsed.GetValue(language)!, format);
            return RunAsync(parsed.GetValue(url)!, parsed.GetValue(key)!, speech, parsed.GetValue(output)!, cancellationToken);
        });
        return command;
    }

    private static Uri? ParseUrl(ArgumentResult result)
    {
        if (Uri.TryCreate(result.Tokens.SingleOrDefault()?.Value, UriKind.Absolute, out var url) && (url.Scheme is "http" or "https" or "ws" or "wss"))
        {
            return url;
        }

        result.AddError("--url must be an address such as http://127.0.0.1:8080.");
        return null;
    }

    private static async Task<int> RunAsync(Uri url, string key, SpeechRequest speech, DirectoryInfo output, CancellationToken cancellationToken)
    {
        output.Create();
        SpokenText spoken;
        try
        {
            spoken = await Speaker.SpeakAsync(url, key, speech, cancellationToken);
        }
        catch (Exception e) when (e is WebSocketException or SpeechFailedException)
        {
            return Complain($"{url} did not speak: {e.Message}");
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first audio after {spoken.TimeToFirstAudio.TotalMilliseconds:F0} ms"));
        foreach (var (flushId, audio) in spoken.Segments)
        {
            var path = Path.Combine(output.FullName, string.Create(CultureInfo.InvariantCulture, $"flush_{flushId}.wav"));
            await WriteWavAsync(path, speech.Format, audio, cancellationToken);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}  {speech.Format.DurationOf(audio.Length).TotalSeconds:F2} s"));
        }

        return 0;
    }

    private static async Task WriteWavAsync(string path, AudioFormat format, ReadOnlyMemory<byte> audio, CancellationToken cancellationToken)
    {
        var header = new byte[Wav.HeaderLength(format.Encoding)];
        Wav.WriteHeader(header, format, audio.Length);
        await using var file = File.Create(path);
        await file.WriteAsync(header, cancellationToken);
        await file.WriteAsync(audio, cancellationToken);
        await file.WriteAsync(new byte[Wav.PaddingLength(audio.Length)], cancellationToken);
    }

    private static int Complain(string message)
    {
        Console.Error.WriteLine(message);
        return 1;
    }
}
