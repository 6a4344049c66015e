using TtsGrains.Archive.Manifests;
using TtsGrains.Protocol.Frames;
using Xunit;

namespace TtsGrains.Archive.Tests;

public sealed class ManifestFramesTests
{
    private static readonly ManifestFrame[] Frames =
    [
        new(FrameKind.Chunk, 640), new(FrameKind.Chunk, 640), new(FrameKind.Timestamps, 3), new(FrameKind.PhonemeTimestamps, 0), new(FrameKind.Chunk, 12),
        new(FrameKind.FlushDone, 0), new(FrameKind.FlushDone, 0), new(FrameKind.Done, 0),
    ];

    [Fact]
    public void List_IsShortAndReadBackAsItWas()
    {
        var written = ManifestFrames.Of(7, "2026-08-14", Frames, error: null);

        Assert.Equal("c640*2 w3 p c12 f*2 d", written.List);
        Assert.Equal(Frames, written.Read());
    }

    [Theory]
    [InlineData("c640 x d", 1)]
    [InlineData("c640*-1 d", 0)]
    [InlineData("c99999999999", 0)]
    [InlineData("", 0)]
    public void List_ThatIsNotOurs_EndsWhereItCannotBeRead(string list, int frames)
        => Assert.Equal(frames, new ManifestFrames(0, "2026-08-14", list).Read().Count());
}
