using TtsGrains.ApiHost.Errors;
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
        routes.MapGet("/accents", ListAsync);
        routes.MapPatch("/voices/{id}/accents", AddAsync);
        routes.MapDelete("/voices/{id}/accents/{accent}", RemoveAsync);
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
