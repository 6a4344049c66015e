using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.Tenants;

namespace TtsGrains.ApiHost.Voices;

/// <summary><c>GET /voices</c> and <c>GET /voices/{id}</c>.</summary>
internal static class VoiceEndpoints
{
    public static void MapVoices(this IEndpointRouteBuilder routes)
    {
        // Read once at start, so that a wrong file is noticed then.
        routes.ServiceProvider.GetRequiredService<VoiceCatalogue>();
        routes.MapGet("/voices", ListAsync);
        routes.MapGet("/voices/{id}", GetAsync);
    }

    public static IServiceCollection AddVoices(this IServiceCollection services)
    {
        services.AddOptions<VoiceOptions>().BindConfiguration(VoiceOptions.Section);
        services.AddSingleton<VoiceCatalogue>();
        return services;
    }

    private static async Task ListAsync(HttpContext http, TenantDirectory tenants, VoiceCatalogue voices)
    {
        var page = default(VoicePage);
        var error = tenants.Check(http.Request, Grants.None, out _)
            ?? VoiceQuery.Read(http.Request.Query, out var query)
            ?? voices.List(query, out page);
        await (error is null
            ? http.Response.WriteAsJsonAsync(page!, VoiceJson.Default.VoicePage, cancellationToken: http.RequestAborted)
            : http.RefuseAsync(error));
    }

    private static async Task GetAsync(string id, HttpContext http, TenantDirectory tenants, VoiceCatalogue voices)
    {
        var error = tenants.Check(http.Request, Grants.None, out _);
        var voice = voices.Find(id);
        await (error is null && voice is not null
            ? http.Response.WriteAsJsonAsync(voice, VoiceJson.Default.Voice, cancellationToken: http.RequestAborted)
            : http.RefuseAsync(error ?? ApiErrors.VoiceNotFound));
    }
}
