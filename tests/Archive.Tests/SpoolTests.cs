using System.Security.Cryptography;
using System.Text;
using TtsGrains.Archive.Stores;
using TtsGrains.Archive.Writing;
using TtsGrains.Grains.Interfaces.Contexts;
using Xunit;

namespace TtsGrains.Archive.Tests;

/// <summary>What lies on disk between the contexts and the store.</summary>
public sealed class SpoolTests
{
    private static readonly IOException Away = new("away");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SegmentFinished_StoreAway_LiesOnDiskAndNotInMemory()
    {
        await using var fixture = await WriterFixture.StartAsync(archive: a => a.Fault = _ => Away);
        var recorder = fixture.Writer.Begin(WriterFixture.Identity());

        recorder.SegmentFinished(WriterFixture.Segment(1, new byte[5000]));
        await fixture.Time.WhenTimerAsync(_ => true, Token);

        var backlog = fixture.Writer.Backlog;
        Assert.Equal((1, 0L, 5058L, true), (backlog.Segments, backlog.Bytes, backlog.SpoolBytes, backlog.StoreIsFailing));
        Assert.Equal(["00000001.1.wav", "00000001.context"], fixture.SpooledFiles());
    }

    [Fact]
    public async Task SegmentFinished_Stored_LeavesNothingOnDisk()
    {
        await using var fixture = await WriterFixture.StartAsync();
        var recorder = fixture.Writer.Begin(WriterFixture.Identity());

        recorder.SegmentFinished(WriterFixture.Segment(1));
        recorder.ContextFinished(WriterFixture.Summary());
        await fixture.Writer.WhenIdleAsync(Token);

        Assert.Empty(fixture.SpooledFiles());
        Assert.Equal(0, fixture.Writer.Backlog.SpoolBytes);
    }

    [Fact]
    public async Task Start_SpoolOfAProcessThatEnded_IsStoredWithItsManifest()
    {
        var store = new MemoryArchive();
        await using (var first = await WriterFixture.StartAsync(archive: a => a.Fault = _ => Away))
        {
            var recorder = first.Writer.Begin(WriterFixture.Identity());
            recorder.SegmentFinished(WriterFixture.Segment(1, [1, 2, 3]) with { WordTimestamps = ["""{"words":["a"],"start":[1],"end":[2]}"""u8.ToArray()] });
            recorder.SegmentFinished(WriterFixture.Segment(2, [4, 5]));
            recorder.ContextFinished(WriterFixture.Summary("all of it"));
            await first.WhenStagedAsync(Token);
            await using var copy = await first.LeaveBehindAsync(store);

            await copy.Writer.WhenIdleAsync(Token);

            Assert.Equal(["hello/1.wav", "hello/2.wav", "hello/manifest.json"], copy.CreatedFiles());
            Assert.Equal([1, 2, 3], WavFile.Parse(store["acme/sessions/call/0001-hello/1.wav"]).Audio);
            var manifest = copy.Manifest();
            Assert.Equal(("all of it", ContextOutcome.Done, false), (manifest.Text, manifest.Outcome, manifest.ProcessEnded));
            Assert.Equal(["1.wav", "2.wav"], manifest.Segments.Select(s => s.File));
            Assert.Equal("a", Assert.Single(manifest.Segments[0].Words).Word);
            Assert.Empty(copy.SpooledFiles());
        }
    }

    [Fact]
    public async Task Start_ContextThatWasOpenWhenItsProcessEnded_GetsAManifestThatSaysSo()
    {
        var store = new MemoryArchive();
        await using var first = await WriterFixture.StartAsync(archive: a => a.Fault = name => name.EndsWith("2.wav", StringComparison.Ordinal) ? Away : null);
        var recorder = first.Writer.Begin(WriterFixture.Identity());
        recorder.SegmentFinished(WriterFixture.Segment(1, [1]));
        recorder.SegmentFinished(WriterFixture.Segment(2, [2]));
        await first.Time.WhenTimerAsync(_ => true, Token);
        await using var copy = await first.LeaveBehindAsync(store);

        await copy.Writer.WhenIdleAsync(Token);

        Assert.Equal(["hello/2.wav", "hello/manifest.json"], copy.CreatedFiles());
        var manifest = copy.Manifest();
        Assert.True(manifest.ProcessEnded);
        Assert.Equal(["1.wav", "2.wav"], manifest.Segments.Select(s => s.File));
    }

    [Fact]
    public async Task Start_TornJournalAndDamagedAudio_KeepTheRestAndSaySo()
    {
        var store = new MemoryArchive();
        await using var first = await WriterFixture.StartAsync(archive: a => a.Fault = _ => Away);
        var recorder = first.Writer.Begin(WriterFixture.Identity());
        recorder.SegmentFinished(WriterFixture.Segment(1, [1]));
        recorder.SegmentFinished(WriterFixture.Segment(2, [2]));
        await first.WhenStagedAsync(Token);

        await using var copy = await first.LeaveBehindAsync(store, folder =>
        {
            File.AppendAllText(Directory.GetFiles(folder, "*.context").Single(), """{"segment":{"flush_id":3,"fi""");
            File.WriteAllBytes(Directory.GetFiles(folder, "*.1.wav").Single(), [0]);
            File.WriteAllBytes(Path.Combine(folder, "00000001.3.wav"), [0]);
        });
        await copy.Writer.WhenIdleAsync(Token);

        Assert.Equal(["hello/2.wav", "hello/manifest.json"], copy.CreatedFiles());
        Assert.Equal([LostReason.SpoolDamaged, null], copy.Manifest().Segments.Select(s => s.Lost));
        Assert.Empty(copy.SpooledFiles());
        Assert.Equal(0, copy.Writer.Backlog.SpoolBytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"context\":{\"tenant\":\"ac")]
    [InlineData(null)]
    public async Task Start_AudioWithoutAContext_IsRemoved(string? journal)
    {
        var store = new MemoryArchive();
        await using var first = await WriterFixture.StartAsync();

        await using var copy = await first.LeaveBehindAsync(store, folder =>
        {
            File.WriteAllBytes(Path.Combine(folder, "00000001.1.wav"), [1]);
            if (journal is not null)
            {
                File.WriteAllText(Path.Combine(folder, "00000001.context"), journal);
            }
        });
        await copy.Writer.WhenIdleAsync(Token);

        Assert.Empty(copy.SpooledFiles());
        Assert.Empty(store.Created);
    }

    [Fact]
    public async Task Start_SpoolOfAProcessThatLives_IsLeftAlone()
    {
        var store = new MemoryArchive();
        await using var first = await WriterFixture.StartAsync(archive: a => a.Fault = _ => Away);
        first.Writer.Begin(WriterFixture.Identity()).SegmentFinished(WriterFixture.Segment(1));
        await first.WhenStagedAsync(Token);

        await using var second = await WriterFixture.StartOnAsync(first.Spool, store);
        await second.Writer.WhenIdleAsync(Token);

        Assert.Empty(store.Created);
        Assert.Equal(["00000001.1.wav", "00000001.context"], first.SpooledFiles());
    }

    [Fact]
    public async Task SegmentFinished_SpoolFull_WaitsInMemoryAndIsStored()
    {
        var open = new TaskCompletionSource();
        await using var fixture = await WriterFixture.StartAsync(
            new ArchiveOptions { MaxSpoolBytes = 1100 }, a => a.Gate = (_, token) => open.Task.WaitAsync(token));
        var recorder = fixture.Writer.Begin(WriterFixture.Identity());

        recorder.SegmentFinished(WriterFixture.Segment(1, new byte[1000]));
        recorder.SegmentFinished(WriterFixture.Segment(2, new byte[1000]));
        await fixture.WhenStagedAsync(Token);
        var backlog = fixture.Writer.Backlog;
        open.SetResult();
        recorder.ContextFinished(WriterFixture.Summary());
        await fixture.Writer.WhenIdleAsync(Token);

        Assert.Equal(1058, backlog.SpoolBytes);
        Assert.InRange(backlog.Bytes, 1300, 2000);
        Assert.Equal(["hello/1.wav", "hello/2.wav", "hello/manifest.json"], fixture.CreatedFiles());
        Assert.Equal([null, null], fixture.Manifest().Segments.Select(s => s.Lost));
    }

    [Fact]
    public async Task SegmentGrew_Parts_BecomeOneFileThatIsNeverInMemory()
    {
        await using var fixture = await WriterFixture.StartAsync(new ArchiveOptions { MaxPendingBytes = 20_000 });
        var recorder = fixture.Writer.Begin(WriterFixture.Identity());
        var audio = RandomNumberGenerator.GetBytes(100_001);

        foreach (var part in audio.Chunk(10_000).SkipLast(1))
        {
            recorder.SegmentGrew(1, [Encoding.ASCII.GetBytes(Convert.ToBase64String(part))]);
            await fixture.Writer.WhenIdleAsync(Token);
        }

        recorder.SegmentFinished(WriterFixture.Segment(1, audio[100_000..]));
        recorder.ContextFinished(WriterFixture.Summary());
        await fixture.Writer.WhenIdleAsync(Token);

        var file = fixture.Archive["acme/sessions/call/0001-hello/1.wav"];
        Assert.Equal(audio, WavFile.Parse(file).Audio);
        var segment = Assert.Single(fixture.Manifest().Segments);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(file)), segment.Sha256);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(audio)), segment.AudioSha256);
        Assert.Equal(100_001, segment.Bytes);
        Assert.Equal(0, fixture.Writer.Backlog.SpoolBytes);
    }

    [Fact]
    public async Task SegmentGrew_BeyondTheSpool_LosesTheSegmentAndSaysSo()
    {
        await using var fixture = await WriterFixture.StartAsync(new ArchiveOptions { MaxSpoolBytes = 1500 });
        var recorder = fixture.Writer.Begin(WriterFixture.Identity());

        recorder.SegmentGrew(1, [Encoding.ASCII.GetBytes(Convert.ToBase64String(new byte[900]))]);
        recorder.SegmentGrew(1, [Encoding.ASCII.GetBytes(Convert.ToBase64String(new byte[900]))]);
        recorder.SegmentFinished(WriterFixture.Segment(1));
        recorder.SegmentFinished(WriterFixture.Segment(2, [1, 2]));
        recorder.ContextFinished(WriterFixture.Summary());
        await fixture.Writer.WhenIdleAsync(Token);

        Assert.Equal([LostReason.BacklogFull, null], fixture.Manifest().Segments.Select(s => s.Lost));
        Assert.Equal((1L, 0L), (fixture.Writer.Backlog.LostSegments, fixture.Writer.Backlog.SpoolBytes));
        Assert.Equal(["hello/2.wav", "hello/manifest.json"], fixture.CreatedFiles());
    }

    [Fact]
    public async Task SegmentNotKept_AfterParts_LeavesOnlyItsPlace()
    {
        await using var fixture = await WriterFixture.StartAsync();
        var recorder = fixture.Writer.Begin(WriterFixture.Identity());

        recorder.SegmentGrew(1, ["AQID"u8.ToArray()]);
        recorder.SegmentNotKept(1, SegmentEnding.Flush, WriterFixture.Start, WriterFixture.Start.AddSeconds(1));
        recorder.SegmentFinished(WriterFixture.Segment(2));
        recorder.ContextFinished(WriterFixture.Summary());
        await fixture.Writer.WhenIdleAsync(Token);

        var manifest = fixture.Manifest();
        Assert.Equal([("off", null, 0L), (null, "2.wav", 4L)], manifest.Segments.Select(s => (s.Archive, s.File, s.Bytes)));
        Assert.Equal(["hello/2.wav", "hello/manifest.json"], fixture.CreatedFiles());
        Assert.Empty(fixture.SpooledFiles());
    }

    [Fact]
    public async Task Erase_WhatWaits_LeavesOnlyItsUsage()
    {
        await using var fixture = await WriterFixture.StartAsync(archive: a => a.Fault = _ => Away);
        var recorder = fixture.Writer.Begin(WriterFixture.Identity());
        recorder.SegmentFinished(WriterFixture.Segment(1));
        recorder.ContextFinished(WriterFixture.Summary());
        await fixture.Time.WhenTimerAsync(_ => true, Token);

        fixture.Writer.Erase("acme", "call", WriterFixture.Start.AddMinutes(1));
        fixture.Archive.Fault = _ => null;
        fixture.Time.Advance(TimeSpan.FromSeconds(30));
        await fixture.Writer.WhenIdleAsync(Token);

        Assert.StartsWith("acme/usage/", Assert.Single(fixture.Archive.Created), StringComparison.Ordinal);
        Assert.Empty(fixture.SpooledFiles());
    }

    [Fact]
    public async Task Start_SessionErasedMeanwhile_LeavesOnlyItsUsage()
    {
        var store = new MemoryArchive { [ArchiveNames.Erasure("acme", "call")] = """{"session":"call","erased_at":"2026-03-05T00:00:00Z"}"""u8.ToArray() };
        await using var first = await WriterFixture.StartAsync(archive: a => a.Fault = _ => Away);
        first.Writer.Begin(WriterFixture.Identity()).SegmentFinished(WriterFixture.Segment(1));
        await first.WhenStagedAsync(Token);

        await using var copy = await first.LeaveBehindAsync(store);
        await copy.Writer.WhenIdleAsync(Token);

        Assert.StartsWith("acme/usage/", Assert.Single(store.Created), StringComparison.Ordinal);
        Assert.Empty(copy.SpooledFiles());
    }

    [Fact]
    public async Task Store_SharedWithOneWhoErasesMeanwhile_KeepsOnlyItsUsage()
    {
        await using var fixture = await WriterFixture.StartAsync(new ArchiveOptions { IsShared = true });
        fixture.Archive.Gate = (name, _) =>
        {
            // Another process erases the session just before this is written: its mark is there first.
            if (name.EndsWith("1.wav", StringComparison.Ordinal))
            {
                fixture.Archive[ArchiveNames.Erasure("acme", "call")] = """{"session":"call","erased_at":"2026-03-05T00:00:00Z"}"""u8.ToArray();
            }

            return Task.CompletedTask;
        };
        var recorder = fixture.Writer.Begin(WriterFixture.Identity());
        recorder.SegmentFinished(WriterFixture.Segment(1));
        recorder.ContextFinished(WriterFixture.Summary());

        await fixture.Writer.WhenIdleAsync(Token);

        var names = await fixture.Archive.ListAsync("acme/", Token).Select(found => found.Name).ToListAsync(Token);
        Assert.Equal(ArchiveNames.Erasure("acme", "call"), names[0]);
        Assert.StartsWith("acme/usage/", Assert.Single(names.Skip(1)), StringComparison.Ordinal);
    }
}
