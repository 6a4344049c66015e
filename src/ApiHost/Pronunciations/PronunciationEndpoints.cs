using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.ApiHost.Tts;
using TtsGrains.Grains.Interfaces.Pronunciations;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Pronunciations;

/// <summary><c>/pronunciation-dicts/</c>: the pronunciation dictionaries of a tenant.</summary>
internal static class PronunciationEndpoints
{
    private const int LongestBody = 512 * 1024;

    public static void MapPronunciations(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/pronunciation-dicts", CreateAsync);
        routes.MapGet("/pronunciation-dicts", ListAsync);
        routes.MapGet("/pronunciation-dicts/{id}", GetAsync);
        routes.MapPatch("/pronunciation-dicts/{id}", UpdateAsync);
        routes.MapDelete("/pronunciation-dicts/{id}", DeleteAsync);
    }

    private static async Task CreateAsync(HttpContext http, TenantDirectory tenants, IGrainFactory grains)
    {
        if (Check(http, tenants, out var tenant) is { } refusal)
        {
            await http.RefuseAsync(refusal);
        }
        else if (await RequestBody.ReadAsync(http.Request, LongestBody) is not { } body)
        {
            await http.RefuseAsync(ErrorCatalogue.MessageTooLong(LongestBody));
        }
        else if (PronunciationBodyReader.Read(body, isNew: true, out var name, out var items) is { } wrong)
        {
            await http.RefuseAsync(wrong);
        }
        else
        {
            var created = await Dicts(grains, tenant).CreateAsync(name!, items ?? []);
            await AnswerAsync(http, tenant, created, TooMany);
        }
    }

    private static async Task ListAsync(HttpContext http, TenantDirectory tenants, IGrainFactory grains)
    {
        if (Check(http, tenants, out var tenant) is { } refusal)
        {
            await http.RefuseAsync(refusal);
        }
        else if (PronunciationQuery.Select(http.Request.Query, tenant, await Dicts(grains, tenant).ListAsync(), out var page) is { } wrong)
        {
            await http.RefuseAsync(wrong);
        }
        else
        {
            await http.Response.WriteAsJsonAsync(page, PronunciationJson.Default.PronunciationPage, cancellationToken: http.RequestAborted);
        }
    }

    private static async Task GetAsync(string id, HttpContext http, TenantDirectory tenants, IGrainFactory grains)
    {
        if (Check(http, tenants, out var tenant) is { } refusal)
        {
            await http.RefuseAsync(refusal);
        }
        else
        {
            await AnswerAsync(http, tenant, await Dicts(grains, tenant).GetAsync(id), NotFound);
        }
    }

    private static async Task UpdateAsync(string id, HttpContext http, TenantDirectory tenants, IGrainFactory grains)
    {
        if (Check(http, tenants, out var tenant) is { } refusal)
        {
            await http.RefuseAsync(refusal);
        }
        else if (await RequestBody.ReadAsync(http.Request, LongestBody) is not { } body)
        {
            await http.RefuseAsync(ErrorCatalogue.MessageTooLong(LongestBody));
        }
        else if (PronunciationBodyReader.Read(body, isNew: false, out var name, out var items) is { } wrong)
        {
            await http.RefuseAsync(wrong);
        }
        else
        {
            await AnswerAsync(http, tenant, await Dicts(grains, tenant).UpdateAsync(id, name, items), NotFound);
        }
    }

    private static async Task DeleteAsync(string id, HttpContext http, TenantDirectory tenants, IGrainFactory grains)
    {
        if (Check(http, tenants, out var tenant) is { } refusal)
        {
            await http.RefuseAsync(refusal);
        }
        else if (await Dicts(grains, tenant).DeleteAsync(id))
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        else
        {
            await http.RefuseAsync(NotFound);
        }
    }

    private static ProtocolError TooMany { get; } = new(
        400, "too_many_pronunciation_dicts", "Too many pronunciation dictionaries", $"A tenant may have at most {IPronunciationGrain.MaxDicts} dictionaries; delete one.");

    private static ProtocolError NotFound { get; } = new(
        404, "pronunciation_dict_not_found", "Pronunciation dictionary not found", "This tenant has no pronunciation dictionary of this id.");

    private static ProtocolError? Check(HttpContext http, TenantDirectory tenants, out string tenant)
    {
        var refusal = tenants.Check(http.Request, Grants.Tts, out var caller);
        tenant = caller?.Tenant ?? "";
        return refusal;
    }

    private static IPronunciationGrain Dicts(IGrainFactory grains, string tenant) => grains.GetGrain<IPronunciationGrain>(tenant);

    private static Task AnswerAsync(HttpContext http, string tenant, PronunciationDict? dict, ProtocolError otherwise)
        => dict is null
            ? http.RefuseAsync(otherwise)
            : http.Response.WriteAsJsonAsync(
                PronunciationDocument.Of(tenant, dict), PronunciationJson.Default.PronunciationDocument, cancellationToken: http.RequestAborted);
}
