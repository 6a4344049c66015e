using Xunit;

namespace TtsGrains.LocalVoice.Tests.Server;

public sealed class AddressTests : ServerTests
{
    [Fact]
    public async Task Start_NothingSaid_ListensOnLoopback() => Assert.Equal("127.0.0.1", (await StartAsync()).Url.Host);

    [Fact]
    public async Task Start_WithAnAddress_ListensThereOnly()
    {
        Assert.SkipWhen(OperatingSystem.IsMacOS(), "Of the loopback addresses this system has one.");

        var server = await StartAsync(options => options.Address = "127.0.0.2");

        Assert.Equal("127.0.0.2", server.Url.Host);
        await using var client = await ConnectAsync(server);
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    public async Task Start_WithNoAddress_SaysWhichSetting(string address)
    {
        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => StartAsync(options => options.Address = address));

        Assert.Contains("Address must be an IP address", refusal.Message, StringComparison.Ordinal);
    }
}
