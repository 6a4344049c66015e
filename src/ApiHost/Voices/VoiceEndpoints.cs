using TtsGrains.ApiHost.Access;
using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.OpenApi;

namespace TtsGrains.ApiHost.Voices;

/// <summary><c>GET /voices</c> and <c>GET /voices/{id}</c>.</summary>
internal static class VoiceEndpoints
{
    public static void MapVoices(this IEndpointRouteBuilder routes)
    {
        // Read once at start, so that a wrong file is noticed then.
        routes.ServiceProvider.GetRequiredService<VoiceCatalogue>();
        routes.MapGet("/voices", ListAsync).WithAccess(RouteAccess.AnyCredential).WithTags("voices").WithName("listVoices").WithSummary("Voices, page by page")
            .WithQuery("limit", "The most voices; 10 by default.", () => RouteDescriptions.Number(1, 100))
            .WithQuery("starting_after", "The id of the voice before the page.")
            .WithQuery("ending_before", "The id of the voice behind the page; not together with starting_after.")
            .WithQuery("q", "What the name, the description or the id contains.")
            .WithQuery("gender", "The gender.", () => RouteDescriptions.Choice("masculine", "feminine", "gender_neutral"))
            .WithQuery("is_owner", "True for voices that the tenant owns.", RouteDescriptions.Flag)
            .WithVersion()
            .Produces<VoicePage>().ProducesErrors(400, 401);
        routes.MapGet("/voices/{id}", GetAsync).WithAccess(RouteAccess.AnyCredential).WithTags("voices").WithName("getVoice").WithSummary("A voice")
            .WithVersion()
            .Produces<Voice>().ProducesErrors(401, 404);
    }

    public static IServiceCollection AddVoices(this IServiceCollection services)
    {
        services.AddOptions<VoiceOptions>().BindConfiguration(VoiceOptions.Section);
        services.AddSingleton<VoiceCatalogue>();
        return services;
    }

    private static async Task ListAsync(HttpContext http, VoiceCatalogue voices)
    {
        var page = default(VoicePage);
        var error = VoiceQuery.Read(http.Request.Query, out var query)
            ?? voices.List(query, out page);
        await (error is null
            ? http.Response.WriteAsJsonAsync(page!, VoiceJson.Default.VoicePage, cancellationToken: http.RequestAborted)
            : http.RefuseAsync(error));
    }

    private static Task GetAsync(string id, HttpContext http, VoiceCatalogue voices) => voices.Find(id) is { } voice
        ? http.Response.WriteAsJsonAsync(voice, VoiceJson.Default.Voice, cancellationToken: http.RequestAborted)
        : http.RefuseAsync(ApiErrors.VoiceNotFound);
}
