using System.Text;
using TtsGrains.Client.Events;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Client.Tests.Events;

public sealed class EventReaderTests
{
    [Fact]
    public void Read_Chunk_IsAudio()
    {
        var audio = Assert.IsType<AudioEvent>(Read("""{"type":"chunk","context_id":"c\u00e9","status_code":206,"done":false,"data":"AQID","step_time":41.5,"flush_id":2,"offset":9}"""));

        Assert.Equal(("cé", 2, 9L, TimeSpan.FromMilliseconds(41.5)), (audio.ContextId, audio.FlushId, audio.Offset, audio.StepTime));
        Assert.Equal([1, 2, 3], audio.Audio.ToArray());
    }

    [Fact]
    public void Read_Timestamps_AreWords()
    {
        var words = Assert.IsType<WordsEvent>(Read(
            """{"type":"timestamps","context_id":"c","done":false,"word_timestamps":{"words":["Hello","there"],"start":[0.0,0.31],"end":[0.28,0.6]}}"""));

        Assert.Equal([new TimedText("Hello", 0, 0.28), new TimedText("there", 0.31, 0.6)], words.Words);
        Assert.Null(words.FlushId);
        Assert.Null(words.Offset);
    }

    [Fact]
    public void Read_ErrorInEitherForm_TellsAll()
    {
        var full = Assert.IsType<ErrorEvent>(Read("""{"type":"error","context_id":"c","status_code":400,"done":true,"error_code":"model_not_found","title":"Invalid model","message":"No.","request_id":"r"}"""));
        var legacy = Assert.IsType<ErrorEvent>(Read("""{"type":"error","status_code":429,"done":true,"error":"Too many: wait."}"""));

        Assert.Equal(new TtsError(400, "model_not_found", "Invalid model", "No.", "r"), full.Error);
        Assert.Equal(("", new TtsError(429, null, "Too many", "wait.")), (legacy.ContextId, legacy.Error));
    }

    [Fact]
    public void Read_Gap_TellsWhatIsMissing()
        => Assert.Equal(new GapEvent("c", 3, 7) { SessionId = "s" }, Read("""{"type":"gap","session_id":"s","context_id":"c","from":3,"to":7,"done":false,"status_code":206}"""));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"type":"chunk","data":"AQID"}""")]
    [InlineData("""{"type":"chunk","context_id":null,"data":"AQID"}""")]
    [InlineData("""{"type":"gap","context_id":"c","from":"x"}""")]
    [InlineData("""{"type":"newer","context_id":"c"}""")]
    [InlineData("""{"type":"chunk","context_id":"\ud800","data":""}""")]
    public void Read_NothingOfOurs_IsNull(string message) => Assert.Null(Read(message));

    [Fact]
    public void Read_AnyPrefixOfAMessage_DoesNotThrow()
    {
        var message = Encoding.UTF8.GetBytes("""{"type":"timestamps","context_id":"c","offset":12345678901234567890,"word_timestamps":{"words":[1,null],"start":["x"],"end":[0]}}""");

        for (var length = 0; length <= message.Length; length++)
        {
            EventReader.Read(message.AsSpan(0, length));
        }
    }

    private static TtsEvent? Read(string message) => EventReader.Read(Encoding.UTF8.GetBytes(message));
}
