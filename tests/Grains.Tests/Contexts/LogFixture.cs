using System.Text;
using System.Text.Json;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Protocol;
using TtsGrains.Protocol.Audio;
using TtsGrains.Protocol.Frames;
using Xunit;

namespace TtsGrains.Grains.Tests.Contexts;

/// <summary>A log, what is appended to it as an upstream would send it, and what it then holds.</summary>
internal sealed class LogFixture(bool wantsWords = true, bool wantsPhonemes = false)
{
    public const string ContextId = "c-\u00e9\"1";

    public static AudioFormat Format { get; } = new(AudioEncoding.PcmS16Le, 8000);

    public ContextLog Log { get; } = new(new ServerFrameWriter(ContextId, ApiVersion.Newest), Format, wantsWords, wantsPhonemes);

    public static string Base64(int bytes) => Convert.ToBase64String(new byte[bytes]);

    public static byte[] Chunk(string data) => Encoding.UTF8.GetBytes($$"""{"type":"chunk","context_id":"u","data":"{{data}}","step_time":1.5}""");

    public void AppendChunk(string data)
    {
        Assert.True(ServerFrameParser.TryParse(Chunk(data), out var frame));
        Log.AppendChunk(Log.Attempts.Current, frame.Data, frame.StepTime);
    }

    public void AppendWords(string json = """{"words":["a"],"start":[0],"end":[1]}""") => Log.AppendTimestamps(Log.Attempts.Current, FrameKind.Timestamps, Encoding.UTF8.GetBytes(json));

    public LogEntry[] Entries() => Log.Slice(0, Log.Count);

    public JsonElement Json(int offset)
    {
        Assert.True(Log.TryRead(offset, out var entry));
        return JsonDocument.Parse(entry.Frame).RootElement;
    }

    public static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
