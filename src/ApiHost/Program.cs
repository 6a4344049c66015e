using TtsGrains.ApiHost.Hosting;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.ApiHost.Upstreams;
using TtsGrains.Grains.Clustering;
using TtsGrains.Grains.Hosting;

return await HostExit.GuardAsync("ApiHost", async () =>
{
    // Watching the settings for changes would watch all below the working directory, where the archive may be.
    var builder = WebApplication.CreateSlimBuilder([.. args, "--hostBuilder:reloadConfigOnChange=false"]);
    builder.AddDemoTenant();
    ApiHostSettings.Catalogue.Apply(builder.Configuration);
    builder.RequireFreePorts();
    var cluster = ClusterSettings.Read(builder.Configuration);
    await using var voice = await builder.StartLocalVoiceAsync(cluster);
    await using var app = builder.BuildApiHost(cluster);

    var warmUp = app.Services.GetService<WarmUp>();
    warmUp?.Expect();
    await app.StartInClusterAsync(Listeners.DefaultHttp);
    await (warmUp?.RunAsync(voice?.WebSocketUrl) ?? Task.CompletedTask);
    await app.AnnounceReadyAsync();
    await app.WaitForShutdownAsync();
});
