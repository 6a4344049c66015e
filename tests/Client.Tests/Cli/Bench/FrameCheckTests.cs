using TtsGrains.Cli.Bench.Load;

namespace TtsGrains.Client.Tests.Cli.Bench;

public sealed class FrameCheckTests
{
    [Fact]
    public void NumberedChunks_CompleteAndInOrder_ViolateNothing() => Assert.Null(Run(3, 0, 1, 2).Violation);

    [Fact]
    public void ChunksWithoutNumbers_OfAnyCount_ViolateNothing() => Assert.Null(Run(3, null, null, null, null, null).Violation);

    [Theory]
    [InlineData("chunk 1 is missing: chunk 2 came in its place", 0, 2, 1)]
    [InlineData("chunk 0 came where chunk 1 was due", 0, 0, 1)]
    [InlineData("the context ended after 2 of 3 chunks", 0, 1)]
    [InlineData("the context ended after 4 of 3 chunks", 0, 1, 2, 3)]
    [InlineData("the context ended without audio")]
    [InlineData("chunk 1 has no number, unlike those before it", 0, null, 2)]
    [InlineData("chunk 1 has the number 1, unlike those before it", null, 1)]
    public void Chunks_Wrong_NamesTheFirstViolation(string expected, params int?[] numbers) => Assert.Equal(expected, Run(3, numbers).Violation);

    [Fact]
    public void Chunk_AfterTheEnd_IsAViolation()
    {
        var check = Run(1, 0);

        check.OnChunk(1);

        Assert.Equal("a chunk came after the end", check.Violation);
    }

    [Fact]
    public void End_Twice_IsAViolation()
    {
        var check = Run(1, 0);

        check.OnEnd();

        Assert.Equal("the context ended twice", check.Violation);
    }

    [Fact]
    public void Timeout_BeforeTheEnd_IsAViolation()
    {
        var check = new FrameCheck(2);
        check.OnChunk(0);

        check.OnTimeout();

        Assert.Equal("the context did not end in time; 1 of 2 chunks came", check.Violation);
    }

    [Fact]
    public void Timeout_AfterTheEnd_IsNone()
    {
        var check = Run(1, 0);

        check.OnTimeout();

        Assert.Null(check.Violation);
    }

    [Fact]
    public void Cancelled_EndsAnywhere()
    {
        var check = new FrameCheck(3);
        check.OnChunk(0);
        check.IsCancelled = true;

        check.OnEnd();
        check.OnTimeout();

        Assert.Null(check.Violation);
    }

    [Fact]
    public void Cancelled_OutOfOrder_IsAViolation()
    {
        var check = new FrameCheck(3) { IsCancelled = true };

        check.OnChunk(1);

        Assert.Equal("chunk 0 is missing: chunk 1 came in its place", check.Violation);
    }

    private static FrameCheck Run(int expected, params int?[] numbers)
    {
        var check = new FrameCheck(expected);
        foreach (var number in numbers)
        {
            check.OnChunk(number);
        }

        check.OnEnd();
        return check;
    }
}
