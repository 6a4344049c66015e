using TtsGrains.ApiHost.Health;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.ApiHost.Tts;
using TtsGrains.Grains.Hosting;

namespace TtsGrains.ApiHost.Hosting;

/// <summary>What the service is made of. An upstream must be configured before.</summary>
internal static class ApiHostApp
{
    public static WebApplication BuildApiHost(this WebApplicationBuilder builder)
    {
        var data = builder.Configuration.GetDataDirectory();
        Logs.Configure(builder.Logging, builder.Configuration);
        builder.AddListeners(data);
        builder.Services.AddTenants(builder.Configuration, builder.Environment);
        builder.AddGrainEngine(data);
        builder.Services.AddGrains(builder.Configuration, data);
        builder.Services.AddTtsSocket();

        var app = builder.Build();
        app.UseWebSockets();
        app.MapHealth();
        app.MapStatus();
        app.MapTtsSocket();
        return app;
    }
}
