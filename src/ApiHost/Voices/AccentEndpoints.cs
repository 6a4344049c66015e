using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.OpenApi;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.ApiHost.Tts;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Voices;

/// <summary><c>GET /accents</c>, and the accents of a voice. Only a tenant's own voice clones can change, and this service has none.</summary>
internal static class AccentEndpoints
{
    private const int LongestBody = 64 * 1024;

    public static void MapAccents(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/accents", ListAsync).WithTags("voices").WithName("listAccents").WithSummary("All accents, sorted by id")
            .Produces<AccentList>().ProducesErrors(401);
        routes.MapPatch("/voices/{id}/accents", AddAsync).WithTags("voices").WithName("addVoiceAccents")
            .WithSummary("Adds accents to a voice clone; voices of the catalogue are refused with 403")
            .WithBody<AddAccentsRequest>().Produces<Voice>().ProducesErrors(400, 401, 403, 404, 413);
        routes.MapDelete("/voices/{id}/accents/{accent}", RemoveAsync).WithTags("voices").WithName("removeVoiceAccent")
            .WithSummary("Removes an accent of a voice clone; voices of the catalogue are refused with 403")
            .Produces<Voice>().ProducesErrors(401, 403, 404);
    }

    private static async Task ListAsync(HttpContext http, TenantDirectory tenants)
        => await (tenants.Check(http.Request, Grants.None, out _) is { } refusal
            ? http.RefuseAsync(refusal)
            : http.Response.WriteAsJsonAsync(AccentCatalogue.All, AccentJson.Default.AccentList, cancellationToken: http.RequestAborted));

    private static async Task AddAsync(string id, HttpContext http, TenantDirectory tenants, VoiceCatalogue voices)
    {
        if (Check(http, tenants, voices, id) is { } refusal)
        {
            await http.RefuseAsync(refusal);
        }
        else
        {
            await http.RefuseAsync(
                await RequestBody.ReadAsync(http.Request, LongestBody) is { } body
                    ? AccentCatalogue.CheckAddition(body) ?? ApiErrors.VoiceNotOwned
                    : ErrorCatalogue.MessageTooLong(LongestBody));
        }
    }

    private static Task RemoveAsync(string id, string accent, HttpContext http, TenantDirectory tenants, VoiceCatalogue voices)
        => http.RefuseAsync(
            Check(http, tenants, voices, id) ?? (AccentCatalogue.Find(accent) is null ? ApiErrors.AccentNotFound : ApiErrors.VoiceNotOwned));

    private static ProtocolError? Check(HttpContext http, TenantDirectory tenants, VoiceCatalogue voices, string id)
        => tenants.Check(http.Request, Grants.None, out _) ?? (voices.Find(id) is null ? ApiErrors.VoiceNotFound : null);
}
