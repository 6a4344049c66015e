using System.Text;
using System.Text.Json;
using TtsGrains.Cli.Drill;
using TtsGrains.Protocol.Audio;
using TtsGrains.Testing;

namespace TtsGrains.Client.Tests.Cli;

/// <summary>What a drill counts, and that a changed report is noticed.</summary>
public sealed class DrillReportTests
{
    private static readonly FaultResult Silo = new("silo", 40, 0, 9600, 0, 0, 380, 1_440_000, 1_440_000, 1_440_000);
    private static readonly DrillReport Report = new("0.1.0", "Linux, 2 processors", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddMinutes(1), 3, 2, 10, [Silo]);

    [Fact]
    public void Verify_OfASignedReport_ReturnsIt()
    {
        var signed = SignedReport.Sign(Report);

        var verified = SignedReport.Verify(signed)!.Value;

        Assert.Equal(Report.ToJson(), verified.Report.ToJson());
        Assert.Equal(64, verified.Fingerprint.Length);
        Assert.NotEqual(verified.Fingerprint, SignedReport.Verify(SignedReport.Sign(Report))!.Value.Fingerprint);
    }

    [Fact]
    public void Verify_OfAReportThatWasIndentedAnotherWay_ReturnsIt()
        => Assert.NotNull(SignedReport.Verify(JsonSerializer.SerializeToUtf8Bytes(JsonDocument.Parse(SignedReport.Sign(Report)).RootElement)));

    [Theory]
    [InlineData("\"longest_pause_ms\": 380", "\"longest_pause_ms\": 38")]
    [InlineData("\"words_lost\": 0", "\"words_lost\": 1")]
    [InlineData("\"fault\": \"silo\"", "\"fault\": \"api-host\"")]
    [InlineData("2 processors", "64 processors")]
    public void Verify_OfAChangedReport_ReturnsNull(string was, string becomes)
    {
        var text = Encoding.UTF8.GetString(SignedReport.Sign(Report));
        Assert.Contains(was, text, StringComparison.Ordinal);

        Assert.Null(SignedReport.Verify(Encoding.UTF8.GetBytes(text.Replace(was, becomes, StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"report":{},"signature":{"algorithm":"none","public_key":"","value":""}}""")]
    [InlineData("""{"report":{},"signature":{"algorithm":"ECDSA-P256-SHA256","public_key":"AAAA","value":"AAAA"}}""")]
    public void Verify_OfSomethingElse_SaysSo(string text) => Assert.ThrowsAny<JsonException>(() => SignedReport.Verify(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void SpokenContext_CountsLostAndRepeatedWordsAndWhatIsExact()
    {
        var context = new SpokenContext("call", "a", ["one two three ", "four five"], ScriptedAudio.Of("one two four four five"), Error: null, TimeSpan.Zero);

        Assert.Equal((1, 1), (context.WordsLost, context.WordsRepeated));
        Assert.Equal("one two ".Length * ScriptedAudio.BytesPerCharacter, context.BytesVerified);
    }

    [Fact]
    public void Playout_OfAChunkThatComesLate_IsAPause()
    {
        var playout = new Playout(new AudioFormat(AudioEncoding.PcmMulaw, 8000));
        playout.OnAudio(800, Seconds(1));
        playout.OnAudio(800, Seconds(1.05));

        playout.OnAudio(800, Seconds(1.7));

        Assert.Equal(500, playout.LongestPause.TotalMilliseconds, 1.0);
    }

    private static long Seconds(double seconds) => (long)(seconds * System.Diagnostics.Stopwatch.Frequency);
}
