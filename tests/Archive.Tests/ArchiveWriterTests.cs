using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Writing;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Audio;
using Xunit;

namespace TtsGrains.Archive.Tests;

/// <summary>What the writer stores.</summary>
public sealed class ArchiveWriterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SegmentFinished_Audio_BecomesAPlayableFile()
    {
        await using var fixture = await WriterFixture.StartAsync();
        var recorder = fixture.Writer.Begin(WriterFixture.Identity());

        recorder.SegmentFinished(WriterFixture.Segment(1, audio: [10, 20, 30]));
        await fixture.Writer.WhenIdleAsync(Token);

        var wav = WavFile.Parse(fixture.Archive["acme/sessions/call/0001-hello/1.wav"]);
        Assert.Equal((7, 8000), (wav.Tag, wav.SampleRate));
        Assert.Equal([10, 20, 30], wav.Audio);
    }

    [Fact]
    public async Task ContextFinished_Manifest_SaysEverything()
    {
        await using var fixture = await WriterFixture.StartAsync();
        var identity = WriterFixture.Identity() with { Format = new AudioFormat(AudioEncoding.PcmS16Le, 16000) };
        var recorder = fixture.Writer.Begin(identity);
        var audio = RandomNumberGenerator.GetBytes(3200);
        var first = WriterFixture.Segment(1, audio, "Grüß dich. ") with
        {
            WordTimestamps =
            [
                """{"words":["Gr\u00fc\u00df"],"start":[0.01],"end":[0.04]}"""u8.ToArray(),
                """{"words":["dich","."],"start":[0.05,0.09],"end":[0.08,0.1]}"""u8.ToArray(),
            ],
        };

        recorder.SegmentFinished(first);
        recorder.SegmentFinished(WriterFixture.Segment(2, text: "Cut", ending: SegmentEnding.Cancelled) with { Audio = [] });
        recorder.ContextFinished(WriterFixture.Summary("Grüß dich. Cut off") with { Outcome = ContextOutcome.Cancelled });
        await fixture.Writer.WhenIdleAsync(Token);

        var file = fixture.Archive["acme/sessions/call/0001-hello/1.wav"];
        var expected = $$"""
            {
              "tenant": "acme",
              "session_id": "call",
              "context_id": "hello",
              "ordinal": 1,
              "voice_id": "voice-1",
              "model_id": "sonic-3",
              "language": "en",
              "output_format": {
                "encoding": "pcm_s16le",
                "sample_rate": 16000
              },
              "upstream": "local",
              "started_at": "2026-03-04T05:06:07+02:00",
              "finished_at": "2026-03-04T05:06:09+02:00",
              "outcome": "cancelled",
              "text": "Grüß dich. Cut off",
              "segments": [
                {
                  "flush_id": 1,
                  "file": "1.wav",
                  "ending": "flush",
                  "text": "Grüß dich. ",
                  "bytes": 3200,
                  "duration_ms": 100,
                  "sha256": "{{Convert.ToHexStringLower(SHA256.HashData(file))}}",
                  "audio_sha256": "{{Convert.ToHexStringLower(SHA256.HashData(audio))}}",
                  "started_at": "2026-03-04T05:06:07+02:00",
                  "finished_at": "2026-03-04T05:06:08+02:00",
                  "words": [
                    {
                      "word": "Grüß",
                      "start": 0.01,
                      "end": 0.04
                    },
                    {
                      "word": "dich",
                      "start": 0.05,
                      "end": 0.08
                    },
                    {
                      "word": ".",
                      "start": 0.09,
                      "end": 0.1
                    }
                  ]
                },
                {
                  "flush_id": 2,
                  "file": null,
                  "ending": "cancelled",
                  "text": "Cut",
                  "bytes": 0,
                  "duration_ms": 0,
                  "sha256": null,
                  "audio_sha256": null,
                  "started_at": "2026-03-04T05:06:07+02:00",
                  "finished_at": "2026-03-04T05:06:08+02:00",
                  "words": []
                }
              ],
              "duration_ms": 100,
              "characters": 18,
              "seams": [],
              "session_started_at": "2026-03-04T05:06:07+02:00"
            }
            """;
        Assert.Equal(expected, Encoding.UTF8.GetString(fixture.Archive["acme/sessions/call/0001-hello/manifest.json"]), ignoreLineEndingDifferences: true);
        Assert.DoesNotContain("acme/sessions/call/0001-hello/2.wav", fixture.Archive.Created);
    }

    [Fact]
    public async Task ContextFinished_Manifest_IsReadBack()
    {
        await using var fixture = await WriterFixture.StartAsync();
        var recorder = fixture.Writer.Begin(WriterFixture.Identity());

        recorder.SegmentFinished(WriterFixture.Segment(1) with { WordTimestamps = ["""{"words":["a"],"start":[1],"end":[2]}"""u8.ToArray()] });
        recorder.ContextFinished(WriterFixture.Summary() with { Seams = [new ContextSeam(1, 12.5, "upstream_lost")] });
        await fixture.Writer.WhenIdleAsync(Token);

        var manifest = fixture.Manifest();
        Assert.Equal(ContextOutcome.Done, manifest.Outcome);
        Assert.Equal(new ManifestWord("a", 1, 2), Assert.Single(Assert.Single(manifest.Segments).Words));
        Assert.Equal(new ContextSeam(1, 12.5, "upstream_lost"), Assert.Single(manifest.Seams));
    }

    [Fact]
    public async Task SegmentFinished_SessionsOfADay_AreMarkedOnceWithTheirId()
    {
        await using var fixture = await WriterFixture.StartAsync();

        fixture.Writer.Begin(WriterFixture.Identity("one", "call/7")).SegmentFinished(WriterFixture.Segment(1));
        fixture.Writer.Begin(WriterFixture.Identity("two", "call/7")).SegmentFinished(WriterFixture.Segment(1));
        await fixture.Writer.WhenIdleAsync(Token);

        var marker = Assert.Single(fixture.Archive.Created, n => n.StartsWith("acme/days/", StringComparison.Ordinal));
        Assert.Equal("acme/days/2026-03-04/251629707232999-call=2F7", marker);
        using var content = JsonDocument.Parse(fixture.Archive[marker]);
        Assert.Equal("call/7", content.RootElement.GetProperty("session_id").GetString());
    }

    [Fact]
    public async Task SegmentFinished_DayOfTheMarker_IsTheUtcDay()
    {
        await using var fixture = await WriterFixture.StartAsync();
        var afterMidnightHere = new DateTimeOffset(2026, 3, 5, 1, 0, 0, TimeSpan.FromHours(2));

        fixture.Writer.Begin(WriterFixture.Identity() with { CreatedAt = afterMidnightHere }).SegmentFinished(WriterFixture.Segment(1));
        await fixture.Writer.WhenIdleAsync(Token);

        Assert.Contains("acme/days/2026-03-04/251629707232999-call", fixture.Archive.Created);
    }

    [Fact]
    public async Task SegmentFinished_UnreadableChunkAndWords_KeepTheRestAndAreCounted()
    {
        await using var fixture = await WriterFixture.StartAsync();
        var recorder = fixture.Writer.Begin(WriterFixture.Identity());

        recorder.SegmentFinished(WriterFixture.Segment(1) with
        {
            Audio = ["AQID"u8.ToArray(), "%%%%"u8.ToArray()],
            WordTimestamps = ["nonsense"u8.ToArray(), """{"words":["a","b"],"start":[1],"end":[2]}"""u8.ToArray(), "null"u8.ToArray(), "{}"u8.ToArray()],
        });
        recorder.ContextFinished(WriterFixture.Summary());
        await fixture.Writer.WhenIdleAsync(Token);

        var segment = Assert.Single(fixture.Manifest().Segments);
        Assert.Equal((3L, 1), (segment.Bytes, segment.UnreadableChunks));
        Assert.Equal("a", Assert.Single(segment.Words).Word);
    }

    [Fact]
    public async Task SegmentFinished_NameHeldByOtherAudio_IsNotVouchedFor()
    {
        await using var fixture = await WriterFixture.StartAsync();
        fixture.Archive["acme/sessions/call/0001-hello/1.wav"] = [1, 2, 3];
        var recorder = fixture.Writer.Begin(WriterFixture.Identity());

        recorder.SegmentFinished(WriterFixture.Segment(1));
        recorder.ContextFinished(WriterFixture.Summary());
        await fixture.Writer.WhenIdleAsync(Token);

        var segment = Assert.Single(fixture.Manifest().Segments);
        Assert.Equal((null, null, LostReason.NameTaken), (segment.File, segment.Sha256, segment.Lost));
        Assert.Equal([1, 2, 3], fixture.Archive["acme/sessions/call/0001-hello/1.wav"]);
    }

    [Fact]
    public async Task SegmentFinished_AfterTheContext_Throws()
    {
        await using var fixture = await WriterFixture.StartAsync();
        var recorder = fixture.Writer.Begin(WriterFixture.Identity());
        recorder.ContextFinished(WriterFixture.Summary());

        Assert.Throws<InvalidOperationException>(() => recorder.SegmentFinished(WriterFixture.Segment(1)));
        Assert.Throws<InvalidOperationException>(() => recorder.ContextFinished(WriterFixture.Summary()));
    }

    [Fact]
    public async Task Begin_FormatOrIdsThatCannotBeStored_Throws()
    {
        await using var fixture = await WriterFixture.StartAsync();
        var good = WriterFixture.Identity();

        Assert.ThrowsAny<ArgumentException>(() => fixture.Writer.Begin(good with { Format = default }));
        Assert.ThrowsAny<ArgumentException>(() => fixture.Writer.Begin(good with { Format = new AudioFormat((AudioEncoding)99, 8000) }));
        Assert.ThrowsAny<ArgumentException>(() => fixture.Writer.Begin(good with { Context = "" }));
        Assert.ThrowsAny<ArgumentException>(() => fixture.Writer.Begin(good with { Ordinal = -1 }));
    }
}
