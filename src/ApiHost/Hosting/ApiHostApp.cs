using TtsGrains.ApiHost.Access;
using TtsGrains.ApiHost.Admin;
using TtsGrains.ApiHost.Audit;
using TtsGrains.ApiHost.Contexts;
using TtsGrains.ApiHost.Credentials;
using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.Health;
using TtsGrains.ApiHost.OpenApi;
using TtsGrains.ApiHost.Operations;
using TtsGrains.ApiHost.Pronunciations;
using TtsGrains.ApiHost.Sessions;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.ApiHost.Tts;
using TtsGrains.ApiHost.Voices;
using TtsGrains.ApiHost.WebConsole;
using TtsGrains.Grains.Clustering;
using TtsGrains.Grains.Health;
using TtsGrains.Grains.Hosting;

namespace TtsGrains.ApiHost.Hosting;

/// <summary>What the service is made of. Who hosts grains needs an upstream configured before.</summary>
internal static class ApiHostApp
{
    // A client whose network went away without a word is found out by its missing pongs.
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(40);

    /// <param name="builder">The host, with its settings.</param>
    /// <param name="cluster">Its place in a cluster; null: read from the settings.</param>
    /// <param name="change">Changes what was registered; null changes nothing.</param>
    public static WebApplication BuildApiHost(
        this WebApplicationBuilder builder, ClusterSettings? cluster = null, Action<IServiceCollection>? change = null)
    {
        var data = builder.Configuration.GetDataDirectory();
        Logs.Configure(builder.Logging, builder.Configuration);
        builder.AddTelemetry("ttsgrains-apihost");
        builder.AddListeners(data);
        cluster ??= ClusterSettings.Read(builder.Configuration);
        builder.AddTenantsFile(cluster);
        builder.Services.AddTenants(builder.Configuration);
        builder.Services.AddAccessTokens(data);
        builder.AddGrains(data, cluster);
        builder.Services.AddTokenRevocation();
        builder.Services.AddContextHandles(isAlone: cluster.Mode == ClusterMode.Single);
        builder.Services.AddTts();
        builder.Services.AddListening();
        builder.Services.AddVoices();
        builder.Services.AddArchiveApi();
        builder.Services.AddTenantApi();
        builder.Services.AddAudit();
        builder.Services.AddAdmin();
        builder.Services.AddOperations();
        builder.Services.AddOrigins();
        builder.Services.AddConsole();
        builder.Services.AddApiDescription();
        builder.Services.AddWarmUp();
        change?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseTrustedProxies();
        app.UseSecurityHeaders();
        app.UseMiddleware<ErrorForm>();
        MetricsPort.Map(app);
        app.UseOrigins();
        app.UseMiddleware<AuditRequests>();
        app.UseMiddleware<AccessCheck>();
        app.UseIdCheck();
        CoalescedUpgrade.Use(app, SocketEndpoint.Path);
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = PingEvery, KeepAliveTimeout = PingTimeout });
        app.MapGroup("").WithAccess(RouteAccess.Public).MapHealth();
        app.MapStatus();
        app.MapTtsSocket();
        app.MapTtsBytes();
        app.MapTtsSse();
        app.MapListening();
        app.MapVoices();
        app.MapAccents();
        app.MapAbsent();
        app.MapPronunciations();
        app.MapAccessTokens();
        app.MapTokenRevocation();
        app.MapArchiveApi();
        app.MapAudit();
        app.MapAdmin();
        app.MapTenant();
        app.MapOperations();
        app.MapApiDescription();
        app.MapConsole();
        return app;
    }
}
