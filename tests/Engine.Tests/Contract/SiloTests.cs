using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using TtsGrains.Engine.Tests.Hosting;

namespace TtsGrains.Engine.Tests.Contract;

public sealed class SiloTests(SharedHost host)
{
    [Fact]
    public async Task LocalSiloDetails_SayNameAndAddress()
    {
        await using var own = await EngineHost.StartAsync(silo => silo.Configure<SiloOptions>(options => options.SiloName = "here"));
        var details = own.Services.GetRequiredService<ILocalSiloDetails>();

        Assert.Equal("here", details.Name);
        Assert.NotNull(details.SiloAddress.ToParsableString());
    }

    [Fact]
    public void UnknownGrainInterface_IsRefused() => Assert.Throws<ArgumentException>(() => host.Engine.Grain<INobody>());

    [Fact]
    public void UnknownStreamProvider_IsRefused() => Assert.Throws<KeyNotFoundException>(() => host.Engine.Client.GetStreamProvider("nowhere"));

    public interface INobody : IGrainWithStringKey;
}
