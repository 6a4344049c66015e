using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace TtsGrains.ApiHost.Access;

/// <summary>Where requests come from: which pages may send them, and through which proxies.</summary>
internal static class Origins
{
    private static readonly TimeSpan PreflightLifetime = TimeSpan.FromHours(1);

    /// <summary>Adds both as the settings say.</summary>
    public static IServiceCollection AddOrigins(this IServiceCollection services)
    {
        services.AddOptions<BrowserOptions>().BindConfiguration(BrowserOptions.Section);
        services.AddOptions<ProxyOptions>().BindConfiguration(ProxyOptions.Section);
        services.AddCors();
        return services;
    }

    /// <summary>Takes the client's address and scheme from trusted proxies. Belongs before everything that looks at them.</summary>
    public static void UseTrustedProxies(this IApplicationBuilder app)
    {
        var networks = app.ApplicationServices.GetRequiredService<IOptions<ProxyOptions>>().Value.Networks.ToArray();
        if (networks.Length == 0)
        {
            return;
        }

        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        Array.ForEach(networks, options.KnownIPNetworks.Add);
        app.UseForwardedHeaders(options);
    }

    /// <summary>Answers preflight requests, which carry no credential, and lets pages of the origins read answers. Belongs before the check of credentials.</summary>
    public static void UseOrigins(this IApplicationBuilder app)
    {
        string[] origins = [.. app.ApplicationServices.GetRequiredService<IOptions<BrowserOptions>>().Value.Origins];
        if (origins.Length > 0)
        {
            app.UseCors(policy => policy.WithOrigins(origins).AllowAnyHeader().AllowAnyMethod().SetPreflightMaxAge(PreflightLifetime)
                .WithExposedHeaders("X-Request-Id", "X-Session-Id", "X-Session-Inputs", "X-Should-Retry", "Retry-After", "ETag", "Content-Range"));
        }
    }
}
