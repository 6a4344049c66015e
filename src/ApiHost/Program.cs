using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.Health;
using TtsGrains.ApiHost.Hosting;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.ApiHost.Tts;
using TtsGrains.ApiHost.Upstreams;
using TtsGrains.ApiHost.Voices;
using TtsGrains.Grains.Hosting;

var builder = WebApplication.CreateSlimBuilder(args);
var data = builder.Configuration.GetDataDirectory();

using var loggers = LoggerFactory.Create(logging => Logs.Configure(logging, builder.Configuration));
await using var voice = await builder.StartLocalVoiceAsync(loggers);

Logs.Configure(builder.Logging, builder.Configuration);
builder.AddListeners(data);
builder.Services.AddTenants(builder.Configuration, builder.Environment);
builder.Services.AddAccessTokens(data);
builder.AddGrainEngine(data);
builder.Services.AddGrains(builder.Configuration, data);
builder.Services.AddTts();
builder.Services.AddVoices();

var app = builder.Build();
app.UseMiddleware<ErrorForm>();
app.UseWebSockets();
app.MapHealth();
app.MapStatus();
app.MapTtsSocket();
app.MapTtsBytes();
app.MapTtsSse();
app.MapVoices();
app.MapAccessTokens();

await app.StartAsync();
await app.AnnounceReadyAsync();
await app.WaitForShutdownAsync();
