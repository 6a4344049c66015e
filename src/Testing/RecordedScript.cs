using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace TtsGrains.Testing;

/// <summary>
/// One context as <c>./tts export --as-script</c> writes it. A <see cref="ScriptedUpstream"/> answers with the same chunks, word times, flushes and end:
/// <c>upstream.When(script.FirstText, script.AnswerAsync)</c>. Push the text of each segment as a whole.
/// </summary>
public sealed class RecordedScript
{
    private readonly ConditionalWeakTable<ScriptedContext, StrongBox<int>> _next = [];

    private RecordedScript(string modelId, string voiceId, string encoding, int sampleRate, IReadOnlyList<RecordedSegment> segments)
        => (ModelId, VoiceId, Encoding, SampleRate, Segments) = (modelId, voiceId, encoding, sampleRate, segments);

    /// <summary>The model that was asked for.</summary>
    public string ModelId { get; }

    /// <summary>The voice that was asked for.</summary>
    public string VoiceId { get; }

    /// <summary>The encoding of the audio, such as <c>pcm_s16le</c>.</summary>
    public string Encoding { get; }

    /// <summary>The sample rate of the audio, Hz.</summary>
    public int SampleRate { get; }

    /// <summary>The segments in order.</summary>
    public IReadOnlyList<RecordedSegment> Segments { get; }

    /// <summary>The text that opens the context.</summary>
    public string FirstText => Segments.Count > 0 ? Segments[0].Text : "";

    /// <summary>Reads a script.</summary>
    /// <exception cref="FormatException">It is not a script, or one of another version.</exception>
    public static RecordedScript Parse(ReadOnlyMemory<byte> script)
    {
        try
        {
            using var json = JsonDocument.Parse(script);
            var root = json.RootElement;
            if (root.GetProperty("version").GetInt32() != 1)
            {
                throw new FormatException("The script has another version than 1.");
            }

            var format = root.GetProperty("output_format");
            var encoding = format.GetProperty("encoding").GetString()!;
            return new RecordedScript(
                root.GetProperty("model_id").GetString()!,
                root.GetProperty("voice_id").GetString()!,
                encoding,
                format.GetProperty("sample_rate").GetInt32(),
                [.. root.GetProperty("segments").EnumerateArray().Select(segment => RecordedSegment.Read(segment, encoding))]);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"It is no script: {e.Message}", e);
        }
    }

    /// <summary>Answers a message: a flush with the next segment, the end of the input with those that are left.</summary>
    public Task AnswerAsync(ScriptedContext context, ScriptedMessage message)
    {
        var next = _next.GetValue(context, static _ => new StrongBox<int>());
        if (message.IsCancel)
        {
            context.Done();
            return Task.CompletedTask;
        }

        var until = !message.Continues ? Segments.Count : message.Flushes ? Math.Min(next.Value + 1, Segments.Count) : next.Value;
        for (; next.Value < until; next.Value++)
        {
            Replay(context, Segments[next.Value]);
        }

        if (context.HasEnded)
        {
            return Task.CompletedTask;
        }

        if (!message.Continues)
        {
            context.Done();
        }

        return Task.CompletedTask;
    }

    private static void Replay(ScriptedContext context, RecordedSegment segment)
    {
        var (audio, words) = (0, 0);
        foreach (var (kind, size) in segment.ReadFrames())
        {
            switch (kind)
            {
                case 'c':
                    context.Chunk(segment.Audio.Span.Slice(audio, size));
                    audio += size;
                    break;
                case 'w':
                    context.Send(TimestampsOf(context, segment, [.. segment.Words.Skip(words).Take(size)]));
                    words += size;
                    break;
                case 'f':
                    context.FlushDone();
                    break;
                case 'e' when segment.Error is { } error:
                    context.Error(error.StatusCode, error.Code, error.Title, error.Message);
                    break;
                default:
                    // The end comes with that of the input; times of phonemes are not kept.
                    break;
            }
        }
    }

    private static string TimestampsOf(ScriptedContext context, RecordedSegment segment, RecordedWord[] words) => JsonSerializer.Serialize(new
    {
        type = "timestamps",
        context_id = context.Id,
        status_code = 206,
        done = false,
        flush_id = segment.FlushId,
        word_timestamps = new
        {
            words = words.Select(word => word.Word),
            start = words.Select(word => word.Start),
            end = words.Select(word => word.End),
        },
    });
}

/// <summary>One segment of a <see cref="RecordedScript"/>.</summary>
/// <param name="FlushId">Its number, from 1.</param>
/// <param name="Text">Its text, or filler of the same length.</param>
/// <param name="Frames">Its frames in order, as the manifest lists them: <c>c640*2 w3 f</c>.</param>
/// <param name="Audio">Its audio, or silence of the same length.</param>
/// <param name="Words">Its words in time.</param>
/// <param name="Error">The error that ended it; null if none did.</param>
public sealed record RecordedSegment(
    int FlushId, string Text, string Frames, ReadOnlyMemory<byte> Audio, IReadOnlyList<RecordedWord> Words, RecordedError? Error)
{
    internal static RecordedSegment Read(JsonElement json, string encoding) => new(
        json.GetProperty("flush_id").GetInt32(),
        json.GetProperty("text").GetString()!,
        json.GetProperty("frames").GetString()!,
        json.GetProperty("audio") is { ValueKind: JsonValueKind.String } audio ? audio.GetBytesFromBase64() : Silence(encoding, json.GetProperty("bytes").GetInt32()),
        [.. json.GetProperty("words").EnumerateArray().Select(word => new RecordedWord(word.GetProperty("word").GetString()!, word.GetProperty("start").GetDouble(), word.GetProperty("end").GetDouble()))],
        json.GetProperty("error") is { ValueKind: JsonValueKind.Object } error
            ? new RecordedError(
                error.GetProperty("status_code").GetInt32(), error.GetProperty("error_code").GetString()!, error.GetProperty("title").GetString()!, error.GetProperty("message").GetString()!)
            : null);

    internal IEnumerable<(char Kind, int Size)> ReadFrames()
    {
        foreach (var item in Frames.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = item[1..].Split('*');
            var size = parts[0].Length == 0 ? 0 : int.Parse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture);
            for (var times = parts.Length > 1 ? int.Parse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture) : 1; times > 0; times--)
            {
                yield return (item[0], size);
            }
        }
    }

    private static byte[] Silence(string encoding, int bytes)
    {
        var audio = new byte[bytes];
        audio.AsSpan().Fill(encoding switch
        {
            "pcm_mulaw" => 0xFF,
            "pcm_alaw" => 0xD5,
            _ => 0,
        });
        return audio;
    }
}

/// <summary>A word in time, seconds from the context's start.</summary>
/// <param name="Word">The word, or filler of the same length.</param>
/// <param name="Start">When it begins.</param>
/// <param name="End">When it ends.</param>
public sealed record RecordedWord(string Word, double Start, double End);

/// <summary>An error that ended a context.</summary>
/// <param name="StatusCode">The HTTP-like status.</param>
/// <param name="Code">The code.</param>
/// <param name="Title">The kind of error.</param>
/// <param name="Message">What was wrong.</param>
public sealed record RecordedError(int StatusCode, string Code, string Title, string Message);
