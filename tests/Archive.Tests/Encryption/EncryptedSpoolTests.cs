using System.Security.Cryptography;
using System.Text;
using Azure;
using TtsGrains.Archive.Encryption;
using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Stores;
using TtsGrains.Archive.Writing;
using Xunit;

namespace TtsGrains.Archive.Tests.Encryption;

/// <summary>The spool and the writer with encryption.</summary>
public sealed class EncryptedSpoolTests
{
    private const string Secret = "the quick brown secret";
    private const string Segment1 = "acme/sessions/call/0001-hello/1.wav";

    private static readonly IOException Away = new("away");

    private readonly MemoryArchive _keys = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stored_SegmentsAndManifest_AreReadBack_AndTheStoreHasNeitherTextNorAudio()
    {
        var audio = RandomNumberGenerator.GetBytes(200_001);
        await using var fixture = await WriterFixture.StartAsync(cipher: TestKeys.Cipher(_keys));
        var recorder = fixture.Writer.Begin(WriterFixture.Identity());
        recorder.SegmentFinished(WriterFixture.Segment(1, audio, Secret));
        recorder.ContextFinished(WriterFixture.Summary(Secret));

        await fixture.Writer.WhenIdleAsync(Token);

        var archive = new EncryptedArchive(fixture.Archive, fixture.Cipher!);
        var file = (await archive.ReadAsync(Segment1, Token))!.ToArray();
        Assert.Equal(audio, WavFile.Parse(file).Audio);
        var manifest = await ManifestAsync(archive);
        Assert.Equal((Secret, Convert.ToHexStringLower(SHA256.HashData(file))), (manifest.Text, manifest.Segments[0].Sha256));
        await foreach (var stored in fixture.Archive.ListAsync("", Token))
        {
            AssertHasNone(fixture.Archive[stored.Name], audio);
        }

        Assert.Empty(fixture.SpooledFiles());
        Assert.Equal(0, fixture.Writer.Backlog.SpoolBytes);
    }

    [Fact]
    public async Task Spool_StoreAway_HasNeitherTextNorAudio_AndTheNextProcessStoresIt()
    {
        var audio = RandomNumberGenerator.GetBytes(150_000);
        var store = new MemoryArchive();
        await using var first = await WriterFixture.StartAsync(archive: a => a.Fault = _ => Away, cipher: TestKeys.Cipher(_keys));
        var recorder = first.Writer.Begin(WriterFixture.Identity());
        recorder.SegmentGrew(1, [Encoding.ASCII.GetBytes(Convert.ToBase64String(audio.AsSpan(0, 90_000)))]);
        recorder.SegmentFinished(WriterFixture.Segment(1, audio[90_000..], Secret));
        recorder.SegmentFinished(WriterFixture.Segment(2, audio[..3000], Secret));
        recorder.ContextFinished(WriterFixture.Summary(Secret));
        await first.WhenStagedAsync(Token);
        foreach (var file in first.Spool.EnumerateFiles("*", SearchOption.AllDirectories).Where(file => file.Extension != ".lock"))
        {
            AssertHasNone(await File.ReadAllBytesAsync(file.FullName, Token), audio);
        }

        await using var copy = await first.LeaveBehindAsync(store, cipher: TestKeys.Cipher(_keys));
        await copy.Writer.WhenIdleAsync(Token);

        var archive = new EncryptedArchive(store, copy.Cipher!);
        Assert.Equal(audio, WavFile.Parse((await archive.ReadAsync(Segment1, Token))!.ToArray()).Audio);
        var manifest = await ManifestAsync(archive);
        Assert.Equal((Secret, false), (manifest.Text, manifest.ProcessEnded));
        Assert.Equal([null, null], manifest.Segments.Select(segment => segment.Lost));
        Assert.Empty(copy.SpooledFiles());
    }

    [Fact]
    public async Task Start_SpoolWhoseKeyWasDeleted_IsRemoved()
    {
        var store = new MemoryArchive();
        await using var first = await WriterFixture.StartAsync(archive: a => a.Fault = _ => Away, cipher: TestKeys.Cipher(_keys));
        first.Writer.Begin(WriterFixture.Identity()).SegmentFinished(WriterFixture.Segment(1));
        await first.WhenStagedAsync(Token);
        await first.Cipher!.Keys.DeleteAsync("acme", Token);

        await using var copy = await first.LeaveBehindAsync(store, cipher: TestKeys.Cipher(_keys));
        await copy.Writer.WhenIdleAsync(Token);

        Assert.Empty(store.Created);
        Assert.Empty(copy.SpooledFiles());
    }

    [Fact]
    public async Task Start_SpoolWhoseKeyIsMissing_StaysThere()
    {
        var store = new MemoryArchive();
        await using var first = await WriterFixture.StartAsync(archive: a => a.Fault = _ => Away, cipher: TestKeys.Cipher(_keys));
        first.Writer.Begin(WriterFixture.Identity()).SegmentFinished(WriterFixture.Segment(1));
        await first.WhenStagedAsync(Token);

        await using var copy = await first.LeaveBehindAsync(store, cipher: TestKeys.Cipher(new MemoryArchive()));
        await copy.Writer.WhenIdleAsync(Token);

        Assert.Empty(store.Created);
        Assert.Equal(["00000001.1.wav", "00000001.context"], copy.SpooledFiles());
    }

    [Fact]
    public async Task Start_KeysOutOfReach_AreTriedAgain()
    {
        var store = new MemoryArchive();
        await using var first = await WriterFixture.StartAsync(archive: a => a.Fault = _ => Away, cipher: TestKeys.Cipher(_keys));
        var recorder = first.Writer.Begin(WriterFixture.Identity());
        recorder.SegmentFinished(WriterFixture.Segment(1, [1, 2, 3]));
        recorder.ContextFinished(WriterFixture.Summary());
        await first.WhenStagedAsync(Token);
        var away = new ListFault(_keys) { Fault = new RequestFailedException("away") };

        await using var copy = await first.LeaveBehindAsync(store, cipher: TestKeys.Cipher(away));
        await copy.Time.WhenTimerAsync(_ => true, Token);
        Assert.Empty(store.Created);
        away.Fault = null;
        copy.Time.Advance(TimeSpan.FromSeconds(30));
        await copy.Writer.WhenIdleAsync(Token);

        Assert.Equal([1, 2, 3], WavFile.Parse((await new EncryptedArchive(store, copy.Cipher!).ReadAsync(Segment1, Token))!.ToArray()).Audio);
        Assert.Empty(copy.SpooledFiles());
    }

    [Fact]
    public async Task Start_AudioOfTheSpoolChanged_IsNotStored()
    {
        var store = new MemoryArchive();
        await using var first = await WriterFixture.StartAsync(archive: a => a.Fault = _ => Away, cipher: TestKeys.Cipher(_keys));
        var recorder = first.Writer.Begin(WriterFixture.Identity());
        recorder.SegmentFinished(WriterFixture.Segment(1));
        recorder.SegmentFinished(WriterFixture.Segment(2));
        await first.WhenStagedAsync(Token);

        await using var copy = await first.LeaveBehindAsync(store, folder =>
        {
            // Swapped: each is whole, but was written for the other's name.
            var (a, b) = (Path.Combine(folder, "00000001.1.wav"), Path.Combine(folder, "00000001.2.wav"));
            File.Move(a, a + ".moved");
            File.Move(b, a);
            File.Move(a + ".moved", b);
        });
        await copy.Writer.WhenIdleAsync(Token);

        var manifest = await ManifestAsync(new EncryptedArchive(store, copy.Cipher!));
        Assert.Equal([LostReason.SpoolDamaged, LostReason.SpoolDamaged], manifest.Segments.Select(segment => segment.Lost));
    }

    [Fact]
    public async Task Start_LineOfTheJournalChanged_CountsNoFurther()
    {
        var store = new MemoryArchive();
        await using var first = await WriterFixture.StartAsync(archive: a => a.Fault = _ => Away, cipher: TestKeys.Cipher(_keys));
        var recorder = first.Writer.Begin(WriterFixture.Identity());
        recorder.SegmentFinished(WriterFixture.Segment(1));
        recorder.SegmentFinished(WriterFixture.Segment(2));
        await first.WhenStagedAsync(Token);

        await using var copy = await first.LeaveBehindAsync(store, folder =>
        {
            // The lines: the key, the context, two segments. The last two change places.
            var journal = Path.Combine(folder, "00000001.context");
            var lines = File.ReadAllLines(journal);
            File.WriteAllLines(journal, [lines[0], lines[1], lines[3], lines[2]]);
        });
        await copy.Writer.WhenIdleAsync(Token);

        Assert.Empty((await ManifestAsync(new EncryptedArchive(store, copy.Cipher!))).Segments);
        Assert.Empty(copy.SpooledFiles());
    }

    [Fact]
    public async Task Start_SpoolFromBeforeEncryption_IsEncryptedOnItsWay()
    {
        var store = new MemoryArchive();
        await using var first = await WriterFixture.StartAsync(archive: a => a.Fault = _ => Away);
        var recorder = first.Writer.Begin(WriterFixture.Identity());
        recorder.SegmentFinished(WriterFixture.Segment(1, [1, 2, 3]));
        recorder.ContextFinished(WriterFixture.Summary());
        await first.WhenStagedAsync(Token);

        await using var copy = await first.LeaveBehindAsync(store, cipher: TestKeys.Cipher(_keys, acceptsPlain: false));
        await copy.Writer.WhenIdleAsync(Token);

        Assert.True(EncryptedHeader.IsAt(store[Segment1]));
        var archive = new EncryptedArchive(store, copy.Cipher!);
        Assert.Equal([1, 2, 3], WavFile.Parse((await archive.ReadAsync(Segment1, Token))!.ToArray()).Audio);
        Assert.Null(Assert.Single((await ManifestAsync(archive)).Segments).Lost);
    }

    [Fact]
    public async Task SegmentFinished_KeyCannotBeHad_WaitsInMemoryAndNothingIsOnDisk()
    {
        var away = new ListFault(_keys) { Fault = Away };
        await using var fixture = await WriterFixture.StartAsync(cipher: TestKeys.Cipher(away));
        var recorder = fixture.Writer.Begin(WriterFixture.Identity());
        recorder.SegmentFinished(WriterFixture.Segment(1));
        recorder.ContextFinished(WriterFixture.Summary(Secret));
        await fixture.Time.WhenTimerAsync(_ => true, Token);
        Assert.Empty(fixture.SpooledFiles());

        away.Fault = null;
        fixture.Time.Advance(TimeSpan.FromSeconds(30));
        await fixture.Writer.WhenIdleAsync(Token);

        var manifest = await ManifestAsync(new EncryptedArchive(fixture.Archive, fixture.Cipher!));
        Assert.Equal((Secret, "1.wav"), (manifest.Text, Assert.Single(manifest.Segments).File));
    }

    private static async Task<ContextManifest> ManifestAsync(EncryptedArchive archive)
        => ContextManifest.FromJson((await archive.ReadAsync(ArchiveNames.Manifest("acme", "call", 1, "hello"), Token))!.ToMemory().Span);

    private static void AssertHasNone(byte[] bytes, byte[] audio)
    {
        Assert.Equal(-1, bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Secret)));
        Assert.Equal(-1, bytes.AsSpan().IndexOf(audio.AsSpan(100, 32)));
        Assert.Equal(-1, bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Convert.ToBase64String(audio.AsSpan(99, 33)))));
    }
}
