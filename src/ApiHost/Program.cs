using TtsGrains.ApiHost.Hosting;
using TtsGrains.ApiHost.Upstreams;

var builder = WebApplication.CreateSlimBuilder(args);
using var loggers = LoggerFactory.Create(logging => Logs.Configure(logging, builder.Configuration));
await using var voice = await builder.StartLocalVoiceAsync(loggers);
var app = builder.BuildApiHost();

await app.StartAsync();
await app.AnnounceReadyAsync();
await app.WaitForShutdownAsync();
