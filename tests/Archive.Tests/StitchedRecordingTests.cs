using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Recordings;
using TtsGrains.Archive.Sessions;
using TtsGrains.Archive.Stores;
using TtsGrains.Archive.Writing;
using TtsGrains.Audio;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Audio;
using Xunit;

namespace TtsGrains.Archive.Tests;

/// <summary>One file of contexts that may differ in form.</summary>
public sealed class StitchedRecordingTests
{
    private static readonly AudioFormat Telephone = new(AudioEncoding.PcmMulaw, 8000);
    private static readonly AudioFormat Wide = new(AudioEncoding.PcmS16Le, 16000);
    private static readonly AudioFormat Disc = new(AudioEncoding.PcmF32Le, 44100);

    private readonly MemoryArchive _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_ContextsOfOtherForms_AreEachPutIntoThatOfTheFirst()
    {
        byte[][] one = [Noise(1, 3001), Noise(2, 4000)];
        byte[][] two = [Noise(3, 70_000), Noise(4, 2222)];
        byte[][] three = [Noise(5, 5000)];
        Put(1, Telephone, one);
        Put(2, Wide, two);
        Put(3, Telephone, three);

        var recording = await PlanAsync();
        var file = await ReadAsync(recording, 0, recording.Length);

        Assert.Equal(Telephone, recording.Format);
        Assert.Equal(Join([.. one, Changed(Join(two), Wide, Telephone), .. three]), WavFile.Parse(file).Audio);
        Assert.Equal(recording.Length, file.Length);
    }

    [Fact]
    public async Task Length_EveryPairOfForms_IsKnownBeforeTheFirstByte()
    {
        AudioEncoding[] encodings = [AudioEncoding.PcmS16Le, AudioEncoding.PcmMulaw, AudioEncoding.PcmAlaw, AudioEncoding.PcmF32Le];
        AudioFormat[] forms = [.. encodings.SelectMany(encoding => AudioNames.SampleRates.Select(rate => new AudioFormat(encoding, rate)))];
        foreach (var from in forms)
        {
            // The last sample is torn.
            var audio = Noise(from.SampleRate, (997 * from.BytesPerSample) + from.BytesPerSample - 1);
            Put(1, from, [audio]);
            foreach (var to in forms)
            {
                var recording = await PlanAsync(to);
                var expected = to == from ? audio[..(997 * from.BytesPerSample)] : Changed(audio, from, to);
                Assert.Equal(expected, WavFile.Parse(await ReadAsync(recording, 0, recording.Length)).Audio);
            }
        }
    }

    [Fact]
    public async Task Read_AnyRange_IsThatPartOfTheWhole()
    {
        Put(1, Telephone, [Noise(1, 501), Noise(2, 700)]);
        Put(2, Wide, [Noise(3, 3000), Noise(4, 2000)]);
        Put(3, Telephone, [Noise(5, 400)]);
        Put(4, Disc, [Noise(6, 8000)]);
        var recording = await PlanAsync();
        var whole = await ReadAsync(recording, 0, recording.Length);
        await using var stream = recording.OpenRead();

        // One stream for all, which goes back and forth over the borders of header, segments, contexts and padding.
        int[] borders = [0, 58, 58 + 501, 58 + 1201, 58 + 1201 + 1250, 58 + 1201 + 1250 + 400, whole.Length];
        int[] places = [.. borders.SelectMany(border => (int[])[border - 1, border, border + 1, border + 77]).Where(place => place >= 0 && place <= whole.Length)];
        foreach (var to in places)
        {
            foreach (var from in places.Where(from => from <= to))
            {
                stream.Seek(from, SeekOrigin.Begin);
                var part = new byte[to - from];
                await stream.ReadExactlyAsync(part, Token);
                Assert.Equal(whole[from..to], part);
            }
        }
    }

    [Fact]
    public async Task Tag_OtherBytes_IsAnother()
    {
        Put(1, Telephone, [Noise(1, 100)]);
        var first = await PlanAsync();
        var again = await PlanAsync();
        var wide = await PlanAsync(Wide);
        Put(2, Telephone, [Noise(2, 100)]);
        var longer = await PlanAsync();

        Assert.Equal(first.Tag, again.Tag);
        Assert.Equal(3, new[] { first.Tag, wide.Tag, longer.Tag }.Distinct().Count());
    }

    [Fact]
    public async Task Read_SegmentThatIsNotAsItsManifestSays_Fails()
    {
        Put(1, Telephone, [Noise(1, 100)]);
        Put(2, Wide, [Noise(2, 100)]);
        var recording = await PlanAsync();
        foreach (var ordinal in (int[])[1, 2])
        {
            var name = $"acme/sessions/call/000{ordinal}-c{ordinal}/1.wav";
            var file = _store[name];
            _store[name] = file[..^10];
            await Assert.ThrowsAsync<IOException>(() => ReadAsync(recording, 0, recording.Length));
            await _store.DeleteAsync(name, Token);
            await Assert.ThrowsAsync<IOException>(() => ReadAsync(recording, 0, recording.Length));
            _store[name] = file;
        }

        Assert.Equal(recording.Length, (await ReadAsync(recording, 0, recording.Length)).Length);
    }

    [Fact]
    public async Task Plan_NothingWithAudio_IsEmpty() => Assert.True((await PlanAsync()).IsEmpty);

    private Task<StitchedRecording> PlanAsync(AudioFormat? wanted = null)
        => StitchedRecording.PlanAsync(new SessionArchive(_store), "acme", "call", first => wanted ?? first, Token);

    private static async Task<byte[]> ReadAsync(StitchedRecording recording, long from, long to)
    {
        await using var stream = recording.OpenRead();
        stream.Position = from;
        var read = new byte[to - from];
        await stream.ReadExactlyAsync(read, Token);
        Assert.True(to < recording.Length || await stream.ReadAsync(new byte[1].AsMemory(), Token) == 0);
        return read;
    }

    private void Put(int ordinal, AudioFormat format, byte[][] segments)
    {
        var context = $"c{ordinal}";
        var prefix = ArchiveNames.ContextPrefix("acme", "call", ordinal, context);
        var described = segments.Select((audio, i) => new ManifestSegment(
            i + 1, $"{i + 1}.wav", SegmentEnding.Flush, "", audio.Length, 0, $"sha of {ordinal}.{i}", null, WriterFixture.Start, WriterFixture.Start, [])).ToArray();
        var manifest = new ContextManifest(
            "acme", "call", context, ordinal, "voice", "model", null, new ManifestFormat(format.Encoding.ToWireName(), format.SampleRate), null,
            WriterFixture.Start, WriterFixture.Start, ContextOutcome.Done, "", described, 0, 0, []);
        _store[prefix + ArchiveNames.ManifestFile] = manifest.ToJson();
        for (var i = 0; i < segments.Length; i++)
        {
            var header = new byte[Wav.HeaderLength(format.Encoding)];
            Wav.WriteHeader(header, format, segments[i].Length);
            _store[prefix + ArchiveNames.SegmentFile(i + 1)] = Join(header, segments[i], new byte[Wav.PaddingLength(segments[i].Length)]);
        }
    }

    private static byte[] Changed(byte[] audio, AudioFormat from, AudioFormat to)
    {
        var transcoder = new Transcoder(from, to);
        return Join(transcoder.Write(audio), transcoder.Drain());
    }

    private static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    private static byte[] Noise(int seed, int length)
    {
        // As 16-bit and float samples too: a byte of 0x3E on top keeps floats near 0.2.
        var noise = new byte[length];
        new Random(seed).NextBytes(noise);
        for (var i = 3; i < length; i += 4)
        {
            noise[i] = 0x3E;
        }

        return noise;
    }
}
