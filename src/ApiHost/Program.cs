using TtsGrains.ApiHost.Hosting;
using TtsGrains.ApiHost.Upstreams;

// Watching the settings for changes would watch all below the working directory, where the archive may be.
var builder = WebApplication.CreateSlimBuilder([.. args, "--hostBuilder:reloadConfigOnChange=false"]);
using var loggers = LoggerFactory.Create(logging => Logs.Configure(logging, builder.Configuration));
await using var voice = await builder.StartLocalVoiceAsync(loggers);
var app = builder.BuildApiHost();

var warmUp = app.Services.GetRequiredService<WarmUp>();
warmUp.Expect();
await app.StartAsync();
await warmUp.RunAsync(voice?.WebSocketUrl);
await app.AnnounceReadyAsync();
await app.WaitForShutdownAsync();
