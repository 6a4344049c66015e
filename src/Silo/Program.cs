using TtsGrains.Grains.Clustering;
using TtsGrains.Grains.Hosting;
using TtsGrains.Silo.Hosting;

return await HostExit.GuardAsync("Silo", async () =>
{
    // Watching the settings for changes would watch all below the working directory, where the spool may be.
    var builder = WebApplication.CreateSlimBuilder([.. args, "--hostBuilder:reloadConfigOnChange=false"]);
    SiloSettings.Catalogue.Apply(builder.Configuration);
    builder.Configuration.RequireFreeHttpPort(SiloApp.DefaultHttp);
    var cluster = ClusterSettings.Read(builder.Configuration, ClusterMode.Member);
    await using var app = builder.BuildSilo(cluster);
    await using var warmUp = await SiloWarmUp.PrepareAsync(app.Services);

    await app.StartInClusterAsync(SiloApp.DefaultHttp);
    await warmUp.RunAsync();
    await app.AnnounceReadyAsync(cluster);
    await app.WaitForShutdownAsync();
});
