using System.Text;
using TtsGrains.Archive.Recordings;
using TtsGrains.Protocol.Audio;
using Xunit;

namespace TtsGrains.Archive.Tests;

public sealed class WavContentTests
{
    private static readonly AudioFormat Format = new(AudioEncoding.PcmMulaw, 8000);

    [Fact]
    public void Decode_ChunksWithPaddingOfTheirOwn_AreJoined()
    {
        using var content = WavContent.Decode(Format, [Chunk([1]), Chunk([2, 3]), Chunk([4, 5, 6])]);

        Assert.Equal([1, 2, 3, 4, 5, 6], content.Audio.ToArray());
        Assert.Equal([1, 2, 3, 4, 5, 6], WavFile.Parse(content.File.Span).Audio);
    }

    [Theory]
    [InlineData("\\/\\/\\u002B+")]
    [InlineData("\\u002f\\u002F\\u002b+")]
    [InlineData("//++")]
    public void Decode_JsonEscapes_AreUndone(string text)
    {
        using var content = WavContent.Decode(Format, [Encoding.UTF8.GetBytes(text)]);

        Assert.Equal(Convert.FromBase64String("//++"), content.Audio.ToArray());
        Assert.Equal(0, content.UnreadableChunks);
    }

    [Theory]
    [InlineData("AAA")]
    [InlineData("AAAA*AAA")]
    [InlineData("AAAA\\q")]
    [InlineData("AAAA\\u00")]
    [InlineData("AAAA\"\\/")]
    [InlineData("AA==AAAA")]
    public void Decode_ChunkThatIsNotBase64_IsLeftOutWholeAndCounted(string text)
    {
        using var content = WavContent.Decode(Format, [Chunk([1, 2]), Encoding.UTF8.GetBytes(text), Chunk([3])]);

        Assert.Equal([1, 2, 3], content.Audio.ToArray());
        Assert.Equal(1, content.UnreadableChunks);
    }

    [Fact]
    public void Decode_NoChunks_HasNoAudio()
    {
        using var content = WavContent.Decode(Format, []);

        Assert.Equal(0, content.Audio.Length);
    }

    [Fact]
    public void Decode_OddAudio_IsPaddedWithZero()
    {
        // Rented buffers come back with old content in them.
        WavContent.Decode(Format, [Chunk([255, 255, 255, 255, 255, 255])]).Dispose();

        using var content = WavContent.Decode(Format, [Chunk([1, 2, 3])]);

        Assert.Equal(0, content.File.Span[^1]);
    }

    [Fact]
    public void Decode_AThousandChunks_AllocatesNothingPerChunk()
    {
        var chunks = Enumerable.Range(0, 1000)
            .Select(i => (ReadOnlyMemory<byte>)(i % 2 == 0 ? Chunk(new byte[300]) : Encoding.UTF8.GetBytes("\\/\\/\\u002B+")))
            .ToList();

        // The least of several: the pool may have to make a buffer first.
        var allocated = Enumerable.Range(0, 5).Min(_ => AllocatedByDecoding(chunks));

        Assert.InRange(allocated, 0, 1000);
    }

    private static long AllocatedByDecoding(List<ReadOnlyMemory<byte>> chunks)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        WavContent.Decode(Format, chunks).Dispose();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static byte[] Chunk(byte[] audio) => Encoding.UTF8.GetBytes(Convert.ToBase64String(audio));
}
