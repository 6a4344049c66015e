using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.OpenApi;
using TtsGrains.ApiHost.Tenants;

namespace TtsGrains.ApiHost.Voices;

/// <summary><c>GET /voices</c> and <c>GET /voices/{id}</c>.</summary>
internal static class VoiceEndpoints
{
    public static void MapVoices(this IEndpointRouteBuilder routes)
    {
        // Read once at start, so that a wrong file is noticed then.
        routes.ServiceProvider.GetRequiredService<VoiceCatalogue>();
        routes.MapGet("/voices", ListAsync).WithTags("voices").WithName("listVoices").WithSummary("Voices, page by page")
            .WithQuery("limit", "The most voices; 10 by default.", () => RouteDescriptions.Number(1, 100))
            .WithQuery("starting_after", "The id of the voice before the page.")
            .WithQuery("ending_before", "The id of the voice behind the page; not together with starting_after.")
            .WithQuery("q", "What the name, the description or the id contains.")
            .WithQuery("gender", "The gender.", () => RouteDescriptions.Choice("masculine", "feminine", "gender_neutral"))
            .WithQuery("is_owner", "True for voices that the tenant owns.", RouteDescriptions.Flag)
            .WithVersion()
            .Produces<VoicePage>().ProducesErrors(400, 401);
        routes.MapGet("/voices/{id}", GetAsync).WithTags("voices").WithName("getVoice").WithSummary("A voice")
            .WithVersion()
            .Produces<Voice>().ProducesErrors(401, 404);
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
