using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TtsGrains.Archive;
using TtsGrains.Grains.Hosting;
using Xunit;

namespace TtsGrains.Grains.Tests.Hosting;

public sealed class StopTimesTests
{
    [Fact]
    public void ExtendStopTimeout_SeveralParts_GivesEachItsTime()
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection([new($"{ArchiveOptions.Section}:{nameof(ArchiveOptions.DrainTimeout)}", "00:05:00")]);
        builder.Services.AddArchive();
        builder.Services.AddSingleton<IStopTime, ArchiveStopTime>();
        builder.Services.AddSingleton<IStopTime>(new Slow(TimeSpan.FromMinutes(20)));
        using var host = builder.Build();

        host.Services.ExtendStopTimeout();

        Assert.Equal(StopTimes.Rest + TimeSpan.FromMinutes(25), host.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
    }

    private sealed record Slow(TimeSpan StopTime) : IStopTime;
}
