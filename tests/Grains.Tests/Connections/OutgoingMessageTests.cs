using System.Buffers;
using TtsGrains.Grains.Connections;
using Xunit;

namespace TtsGrains.Grains.Tests.Connections;

public sealed class OutgoingMessageTests
{
    [Fact]
    public void Write_MoreThanTheFirstBuffer_KeepsAll()
    {
        using var message = new OutgoingMessage();
        byte[] expected = [.. Enumerable.Range(0, 100_000).Select(i => (byte)i)];

        for (var from = 0; from < expected.Length; from += 1000)
        {
            message.Write(expected.AsSpan(from, 1000));
        }

        Assert.Equal(expected, message.Written.ToArray());
    }

    [Fact]
    public void Advance_BeyondTheBuffer_IsRefused()
    {
        using var message = new OutgoingMessage();

        Assert.Throws<ArgumentOutOfRangeException>(() => message.Advance(message.GetSpan().Length + 1));
    }

    [Fact]
    public void Dispose_Twice_LeavesItEmpty()
    {
        var message = new OutgoingMessage();
        message.Write("text"u8);

        message.Dispose();
        message.Dispose();

        Assert.Equal(0, message.Written.Length);
    }
}
