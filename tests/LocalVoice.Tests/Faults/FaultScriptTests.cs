using TtsGrains.LocalVoice.Faults;
using Xunit;

namespace TtsGrains.LocalVoice.Tests.Faults;

public sealed class FaultScriptTests
{
    [Fact]
    public void Strike_AtItsFrame_AsOftenAsItShould()
    {
        var script = Load("""[{"fault":"garbage","after_frames":2,"times":2}]""");

        Assert.Equal([0, 0, 1, 1, 0], Enumerable.Range(0, 5).Select(frames => script.Strike(Place(frames)).Count));
        Assert.Contains("\"struck\":2", System.Text.Encoding.UTF8.GetString(script.ToJson()), StringComparison.Ordinal);
    }

    [Fact]
    public void Strike_Always_NeverEnds()
    {
        var script = Load("""[{"fault":"stale","times":0}]""");

        Assert.All(Enumerable.Range(0, 100), frames => Assert.Single(script.Strike(Place(frames))));
    }

    [Theory]
    [InlineData("""{"fault":"drop","socket":2}""", true)]
    [InlineData("""{"fault":"drop","socket":3}""", false)]
    [InlineData("""{"fault":"drop","context":7}""", true)]
    [InlineData("""{"fault":"drop","context":8}""", false)]
    [InlineData("""{"fault":"drop","text":"Hello"}""", true)]
    [InlineData("""{"fault":"drop","text":"there"}""", false)]
    [InlineData("""{"fault":"drop","model":"sonic-2"}""", true)]
    [InlineData("""{"fault":"drop","model":"sonic-2-2025-03-07"}""", false)]
    [InlineData("""{"fault":"drop","after_frames":20}""", true)]
    [InlineData("""{"fault":"drop","after_frames":21}""", false)]
    [InlineData("""{"fault":"drop","context":7,"after_frames":5}""", true)]
    [InlineData("""{"fault":"drop","context":7,"after_frames":6}""", false)]
    [InlineData("""{"fault":"drop","after_ms":9000}""", true)]
    [InlineData("""{"fault":"drop","after_ms":9001}""", false)]
    [InlineData("""{"fault":"drop","text":"Hello","after_ms":400}""", true)]
    [InlineData("""{"fault":"drop","text":"Hello","after_ms":401}""", false)]
    [InlineData("""{"fault":"duplicate_done"}""", false)]
    [InlineData("""{"fault":"refuse"}""", false)]
    [InlineData("""{"fault":"close","idle_ms":1}""", false)]
    public void Strike_Rule_OnlyWhereItSays(string rule, bool strikes)
    {
        var place = new FaultPlace(2, 7, "Hello there", 20, 5, TimeSpan.FromSeconds(9), TimeSpan.FromMilliseconds(400), IsDone: false, Model: "sonic-2");

        Assert.Equal(strikes, Load($"[{rule}]").Strike(place).Count == 1);
    }

    [Fact]
    public void Refuse_OnlyItsHandshakes()
    {
        var script = Load("""[{"fault":"refuse","socket":2,"status":401},{"fault":"refuse","times":2,"status":429,"retry_after":7}]""");

        Assert.Equal([429, 401, 429, null], Enumerable.Range(1, 4).Select(socket => script.Refuse(socket)?.Status));
    }

    [Fact]
    public void Load_Again_CountsFromOne()
    {
        var script = Load("[]");
        script.NextSocket();
        script.NextContext();
        script.Load("""[{"fault":"drop"}] // and a comment""");

        Assert.Equal((1, 1, false), (script.NextSocket(), script.NextContext(), script.IsEmpty));
    }

    [Theory]
    [InlineData("nonsense", "array of rules")]
    [InlineData("{}", "array of rules")]
    [InlineData("null", "null")]
    [InlineData("[null]", "Rule 1")]
    [InlineData("[{}]", "fault is required")]
    [InlineData("""[{"fault":"explode"}]""", "array of rules")]
    [InlineData("""[{"fault":"drop","when":1}]""", "when")]
    [InlineData("""[{"fault":"drop"},{"fault":"drop","times":-1}]""", "Rule 2")]
    [InlineData("""[{"fault":"drop","idle_ms":5}]""", "idle_ms is for close")]
    [InlineData("""[{"fault":"close","idle_ms":0}]""", "idle_ms must be more")]
    [InlineData("""[{"fault":"close","code":1005}]""", "close code")]
    [InlineData("""[{"fault":"refuse","status":200}]""", "status")]
    [InlineData("""[{"fault":"refuse","text":"a"}]""", "handshakes")]
    [InlineData("""[{"fault":"slow"}]""", "delay_ms")]
    public void Load_Wrong_SaysWhatAndWhere(string json, string said)
    {
        var script = Load("""[{"fault":"drop"}]""");

        Assert.Contains(said, Assert.Throws<FormatException>(() => script.Load(json)).Message, StringComparison.Ordinal);
        Assert.False(script.IsEmpty);
    }

    private static FaultScript Load(string json)
    {
        var script = new FaultScript();
        script.Load(json);
        return script;
    }

    private static FaultPlace Place(int frames) => new(1, 1, "Hello", frames, frames, TimeSpan.Zero, TimeSpan.Zero, IsDone: false);
}
