using TtsGrains.Client.Events;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Cli.Sessions;

/// <summary>One event of a session as <c>listen --json</c> prints it; audio by its length only, times in seconds.</summary>
internal static class SessionEvent
{
    public static object Of(TtsEvent item) => item switch
    {
        AudioEvent audio => new { Type = "chunk", item.ContextId, item.Offset, audio.FlushId, Bytes = audio.Audio.Length },
        WordsEvent words => new { Type = "timestamps", item.ContextId, item.Offset, words.FlushId, Words = Times(words.Words) },
        PhonemesEvent phonemes => new { Type = "phoneme_timestamps", item.ContextId, item.Offset, phonemes.FlushId, Phonemes = Times(phonemes.Phonemes) },
        FlushDoneEvent flush => new { Type = "flush_done", item.ContextId, item.Offset, flush.FlushId },
        GapEvent gap => new { Type = "gap", item.ContextId, gap.From, gap.To },
        ErrorEvent error => new { Type = "error", item.ContextId, item.Offset, StatusCode = error.Error.Status, error.Error.Title, error.Error.Message },
        _ => new { Type = "done", item.ContextId, item.Offset },
    };

    private static object[] Times(IReadOnlyList<TimedText> texts)
        => [.. texts.Select(text => new { text.Text, text.Start, text.End })];
}
