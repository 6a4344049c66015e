using TtsGrains.ApiHost.Hosting;
using TtsGrains.ApiHost.Upstreams;

// Watching the settings for changes would watch all below the working directory, where the archive may be.
var builder = WebApplication.CreateSlimBuilder([.. args, "--hostBuilder:reloadConfigOnChange=false"]);
using var loggers = LoggerFactory.Create(logging => Logs.Configure(logging, builder.Configuration));
await using var voice = await builder.StartLocalVoiceAsync(loggers);
var app = builder.BuildApiHost();

await app.StartAsync();
await app.AnnounceReadyAsync();
await app.WaitForShutdownAsync();
