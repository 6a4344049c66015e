using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tts;
using TtsGrains.Grains.Hosting;

namespace TtsGrains.ApiHost.Tests.Hosting;

public sealed class SocketStopTimeTests
{
    [Fact]
    public async Task AddTts_WithADrainTimeout_AsksTheHostForIt()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("Socket:DrainTimeout", "00:07:00")]).Build());
        services.AddTts();
        await using var provider = services.BuildServiceProvider();

        Assert.Equal(TimeSpan.FromMinutes(7), Assert.Single(provider.GetServices<IStopTime>()).StopTime);
    }
}
