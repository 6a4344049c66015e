using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;

namespace TtsGrains.Testing;

/// <summary>What a context of a <see cref="ScriptedUpstream"/> does with each message that it receives, one after the other.</summary>
public delegate Task ContextScript(ScriptedContext context, ScriptedMessage message);

/// <summary>One context of a <see cref="ScriptedUpstream"/>: what a script can make it say.</summary>
public sealed class ScriptedContext
{
    private const int CharactersPerChunk = 16;
    private const int CharactersPerPiece = 3;

    private readonly Channel<ScriptedMessage> _messages = Channel.CreateUnbounded<ScriptedMessage>();
    private readonly Action<ScriptedContext> _onEnded;
    private readonly Action _onAnswered;
    private int _spoken;
    private int _flushId = 1;

    internal ScriptedContext(ScriptedMessage first, ContextScript script, Action<ScriptedContext> onEnded, Action onAnswered)
    {
        (Id, Socket, FirstText, _onEnded, _onAnswered) = (first.ContextId, first.Socket, first.Transcript, onEnded, onAnswered);
        BytesPerSecond = first.IsCancel ? 1 : first.BytesPerSecond;
        Ended = RunAsync(script);
    }

    /// <summary>As the client of the upstream chose it.</summary>
    public string Id { get; }

    /// <summary>The socket that it was opened on.</summary>
    public ScriptedSocket Socket { get; }

    /// <summary>The transcript that opened it.</summary>
    public string FirstText { get; }

    /// <summary>Of the audio that it was asked for.</summary>
    public int BytesPerSecond { get; }

    /// <summary>How it writes its frames. Default: as the protocol says.</summary>
    public FrameStyle Style { get; set; } = FrameStyle.Strict;

    /// <summary>Completes when the context has said its last, and tells how its script failed.</summary>
    public Task Ended { get; }

    /// <summary>How many messages its script has dealt with.</summary>
    public int Answered { get; private set; }

    /// <summary>Whether it has said <c>done</c> or an error.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>What an upstream does when nothing is wrong: speaks a text at once, reports a flush, ends when asked to.</summary>
    public static Task Answer(ScriptedContext context, ScriptedMessage message)
    {
        if (message.IsCancel)
        {
            context.Done();
            return Task.CompletedTask;
        }

        context.Speak(message.Transcript, message.WantsTimestamps);
        if (message.Flushes)
        {
            context.FlushDone();
        }

        if (!message.Continues)
        {
            context.Done();
        }

        return Task.CompletedTask;
    }

    /// <summary>A script that refuses the context because its model has been retired.</summary>
    public static Task ModelSunsetted(ScriptedContext context, ScriptedMessage message)
    {
        context.Error(400, "model_sunsetted", "Model sunsetted", $"The model {message.Model} has been retired.");
        return Task.CompletedTask;
    }

    /// <summary>
    /// All that answers a message when nothing is wrong, frame by frame as it is asked for: word for word, each in several chunks and with its
    /// times before or behind them.
    /// </summary>
    public IEnumerable<string> Frames(ScriptedMessage message, bool timesFirst)
    {
        foreach (var word in Words(message.Transcript))
        {
            var times = WordTimes(word);
            if (timesFirst && times is not null)
            {
                yield return Style.Apply(Timestamps(times));
            }

            foreach (var chunk in ChunksOf(word, CharactersPerPiece))
            {
                yield return Style.Apply(chunk);
            }

            if (!timesFirst && times is not null)
            {
                yield return Style.Apply(Timestamps(times));
            }
        }

        if (message.Flushes)
        {
            yield return Style.Apply(FlushDoneFrame());
        }

        if (!message.Continues)
        {
            yield return Style.Apply(DoneFrame());
        }
    }

    /// <summary>The chunks of a text, and the times of its words.</summary>
    public void Speak(string text, bool timestamps = false)
    {
        var words = timestamps ? WordTimes(text) : null;
        foreach (var chunk in ChunksOf(text, CharactersPerChunk))
        {
            SendStyled(chunk);
        }

        if (words is not null)
        {
            SendStyled(Timestamps(words));
        }
    }

    /// <summary>One chunk.</summary>
    public void Chunk(ReadOnlySpan<char> text)
    {
        _spoken += text.Length;
        Chunk(ScriptedAudio.Of(text));
    }

    /// <summary>One chunk of any bytes: more than 64 KiB, or half a sample.</summary>
    public void Chunk(ReadOnlySpan<byte> audio) => SendStyled(ChunkOf(audio));

    /// <summary>One chunk whose <c>data</c> is any text, base64 or not.</summary>
    public void ChunkOfData(string data) => SendStyled(ChunkWith(JsonSerializer.Serialize(data)[1..^1]));

    /// <summary>That the segment has been spoken to its end.</summary>
    public void FlushDone() => SendStyled(FlushDoneFrame());

    /// <summary>The frame that says the context is over, before it is: what is sent behind it belongs to the context still.</summary>
    public void EarlyDone() => SendStyled(DoneFrame());

    /// <summary>The last frame: all is spoken.</summary>
    public void Done() => End(DoneFrame());

    /// <summary>The last frame: an error, in the newer form.</summary>
    public void Error(int status, string code, string title, string message)
        => End(
            $$"""{"type":"error","context_id":{{Quote(Id)}},"status_code":{{status}},"done":true,"error_code":{{Quote(code)}},"title":{{Quote(title)}},"message":{{Quote(message)}}}""");

    /// <summary>Any text frame at all, in the order of the others.</summary>
    public void Send(string frame) => Socket.Send(frame);

    internal void Receive(ScriptedMessage message) => _messages.Writer.TryWrite(message);

    // A word with the white space behind it; what stands before the first one is for itself.
    private static IEnumerable<string> Words(string text)
    {
        for (int start = 0, at = 1; at <= text.Length; at++)
        {
            if (at == text.Length || (char.IsWhiteSpace(text[at - 1]) && !char.IsWhiteSpace(text[at])))
            {
                yield return text[start..at];
                start = at;
            }
        }
    }

    private IEnumerable<string> ChunksOf(string text, int characters)
    {
        _spoken += text.Length;
        var bytes = Style.BytesPerChunk > 0 ? Style.BytesPerChunk : characters * ScriptedAudio.BytesPerCharacter;
        return ScriptedAudio.Of(text).Chunk(bytes).Select(audio => ChunkOf(audio));
    }

    private void SendStyled(string frame)
    {
        Send(Style.Apply(frame));
        if (Style.IsRepeated(frame))
        {
            Send(Style.Apply(frame));
        }
    }

    private string ChunkOf(ReadOnlySpan<byte> audio) => ChunkWith(Style.Encode(audio));

    private string ChunkWith(string data)
        => $$"""{"type":"chunk","context_id":{{Quote(Id)}},"status_code":206,"done":false,"step_time":1.25,"flush_id":{{_flushId}},"data":"{{data}}"}""";

    private string Timestamps(string words)
        => $$"""{"type":"timestamps","context_id":{{Quote(Id)}},"status_code":206,"done":false,"flush_id":{{_flushId}},"word_timestamps":{{words}}}""";

    private string FlushDoneFrame()
        => $$"""{"type":"flush_done","context_id":{{Quote(Id)}},"status_code":206,"done":false,"data":"","flush_id":{{_flushId++}},"flush_done":true}""";

    private string DoneFrame() => $$"""{"type":"done","context_id":{{Quote(Id)}},"status_code":206,"done":true}""";

    private void End(string frame)
    {
        HasEnded = true;

        // Before the frame: its reader may open the next context at once.
        _onEnded(this);
        SendStyled(frame);
        _messages.Writer.TryComplete();
    }

    private async Task RunAsync(ContextScript script)
    {
        await foreach (var message in _messages.Reader.ReadAllAsync())
        {
            if (!HasEnded)
            {
                await script(this, message);
                Answered++;
                _onAnswered();
            }
        }
    }

    private string? WordTimes(string text)
    {
        var words = new List<(string Word, int At)>();
        for (var at = 0; at < text.Length; at++)
        {
            var end = at;
            while (end < text.Length && !char.IsWhiteSpace(text[end]))
            {
                end++;
            }

            if (end > at)
            {
                words.Add((text[at..end], at));
                at = end;
            }
        }

        return words.Count == 0 ? null : $$"""{"words":[{{Join(words, w => Quote(w.Word))}}],"start":[{{Join(words, w => Seconds(w.At))}}],"end":[{{Join(words, w => Seconds(w.At + w.Word.Length))}}]}""";
    }

    private string Seconds(int at)
        => ((double)(_spoken + at) * ScriptedAudio.BytesPerCharacter / BytesPerSecond).ToString("0.######", CultureInfo.InvariantCulture);

    private static string Join<T>(IEnumerable<T> items, Func<T, string> text) => string.Join(',', items.Select(text));

    private static string Quote(string text) => JsonSerializer.Serialize(text);
}
