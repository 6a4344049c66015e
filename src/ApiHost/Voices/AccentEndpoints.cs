using TtsGrains.ApiHost.Access;
using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.Http;
using TtsGrains.ApiHost.OpenApi;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Voices;

/// <summary><c>GET /accents</c>, and the accents of a voice. Only a tenant's own voice clones can change, and this service has none.</summary>
internal static class AccentEndpoints
{
    private const int LongestBody = 64 * 1024;

    public static void MapAccents(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/accents", (Delegate)ListAsync).WithAccess(RouteAccess.AnyCredential).WithTags("voices").WithName("listAccents").WithSummary("All accents, sorted by id")
            .Produces<AccentList>().ProducesErrors(401);
        routes.MapPatch("/voices/{id}/accents", AddAsync).WithAccess(RouteAccess.AnyCredential).WithTags("voices").WithName("addVoiceAccents")
            .WithSummary("Adds accents to a voice clone; voices of the catalogue are refused with 403")
            .WithBody<AddAccentsRequest>().Produces<Voice>().ProducesErrors(400, 401, 403, 404, 413);
        routes.MapDelete("/voices/{id}/accents/{accent}", RemoveAsync).WithAccess(RouteAccess.AnyCredential).WithTags("voices").WithName("removeVoiceAccent")
            .WithSummary("Removes an accent of a voice clone; voices of the catalogue are refused with 403")
            .Produces<Voice>().ProducesErrors(401, 403, 404);
    }

    private static Task ListAsync(HttpContext http)
        => http.Response.WriteAsJsonAsync(AccentCatalogue.All, AccentJson.Default.AccentList, cancellationToken: http.RequestAborted);

    private static async Task AddAsync(string id, HttpContext http, VoiceCatalogue voices)
    {
        if (Check(voices, id) is { } refusal)
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

    private static Task RemoveAsync(string id, string accent, HttpContext http, VoiceCatalogue voices)
        => http.RefuseAsync(
            Check(voices, id) ?? (AccentCatalogue.Find(accent) is null ? ApiErrors.AccentNotFound : ApiErrors.VoiceNotOwned));

    private static ProtocolError? Check(VoiceCatalogue voices, string id) => voices.Find(id) is null ? ApiErrors.VoiceNotFound : null;
}
