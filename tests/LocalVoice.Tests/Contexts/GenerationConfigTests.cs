using System.Text;
using TtsGrains.LocalVoice.Contexts;
using TtsGrains.Protocol.Requests;
using Xunit;

namespace TtsGrains.LocalVoice.Tests.Contexts;

public sealed class GenerationConfigTests
{
    [Theory]
    [InlineData("""{}""", 1, 1)]
    [InlineData("""{"speed":"slow"}""", 0.8, 1)]
    [InlineData("""{"voice":"v","speed":"fast","x":1}""", 1.25, 1)]
    [InlineData("""{"generation_config":{"speed":1.5,"volume":0.5}}""", 1.5, 0.5)]
    [InlineData("""{"generation_config":{"speed":9,"volume":9}}""", 2, 2)]
    [InlineData("""{"generation_config":{"speed":null,"emotion":["calm"]}}""", 1, 1)]
    public void Open_Always_ReadsAndClamps(string json, double speed, double volume)
        => Assert.Equal(new GenerationConfig(speed, volume), GenerationConfig.Open(Read(json)));

    [Fact]
    public void Change_WithoutAConfig_KeepsWhatWas()
    {
        var config = new GenerationConfig(1.2, 0.7);

        Assert.Equal(config, config.Change(Read("""{"transcript":"x"}""")));
        Assert.Equal(config with { Speed = 0.9 }, config.Change(Read("""{"generation_config":{"speed":0.9}}""")));
    }

    private static ClientMessage Read(string json)
    {
        Assert.Null(ClientMessageParser.Parse(Encoding.UTF8.GetBytes(json), out var message));
        return message;
    }
}
