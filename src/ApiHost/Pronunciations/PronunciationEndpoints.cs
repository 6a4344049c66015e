using TtsGrains.ApiHost.Access;
using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.Http;
using TtsGrains.ApiHost.OpenApi;
using TtsGrains.Grains.Interfaces.Pronunciations;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Pronunciations;

/// <summary><c>/pronunciation-dicts/</c>: the pronunciation dictionaries of a tenant.</summary>
internal static class PronunciationEndpoints
{
    private const int LongestBody = 512 * 1024;

    public static void MapPronunciations(this IEndpointRouteBuilder routes)
    {
        const string Tag = "pronunciation dictionaries";
        routes.MapPost("/pronunciation-dicts", CreateAsync).WithAccess(RouteAccess.Scope(Scopes.Speak)).WithTags(Tag).WithName("createPronunciationDict").WithSummary("Creates a dictionary")
            .WithBody<PronunciationBody>().Produces<PronunciationDocument>().ProducesErrors(400, 401, 403, 413);
        routes.MapGet("/pronunciation-dicts", ListAsync).WithAccess(RouteAccess.Scope(Scopes.Speak)).WithTags(Tag).WithName("listPronunciationDicts").WithSummary("The tenant's dictionaries, the newest first, page by page")
            .WithQuery("limit", "The most dictionaries; 10 by default.", () => RouteDescriptions.Number(1, 100))
            .WithQuery("starting_after", "The id of the dictionary before the page.")
            .WithQuery("ending_before", "The id of the dictionary behind the page; not together with starting_after.")
            .Produces<PronunciationPage>().ProducesErrors(400, 401, 403);
        routes.MapGet("/pronunciation-dicts/{id}", GetAsync).WithAccess(RouteAccess.Scope(Scopes.Speak)).WithTags(Tag).WithName("getPronunciationDict").WithSummary("A dictionary")
            .Produces<PronunciationDocument>().ProducesErrors(401, 403, 404);
        routes.MapPatch("/pronunciation-dicts/{id}", UpdateAsync).WithAccess(RouteAccess.Scope(Scopes.Speak)).WithTags(Tag).WithName("updatePronunciationDict").WithSummary("Changes the name or the entries of a dictionary")
            .WithBody<PronunciationBody>().Produces<PronunciationDocument>().ProducesErrors(400, 401, 403, 404, 413);
        routes.MapDelete("/pronunciation-dicts/{id}", DeleteAsync).WithAccess(RouteAccess.Scope(Scopes.Speak)).WithTags(Tag).WithName("deletePronunciationDict").WithSummary("Deletes a dictionary, also its copies at upstreams")
            .Produces(StatusCodes.Status204NoContent).ProducesErrors(401, 403, 404);
    }

    private static async Task CreateAsync(HttpContext http, IGrainFactory grains)
    {
        var tenant = http.GetCaller().Tenant;
        if (await RequestBody.ReadAsync(http.Request, LongestBody) is not { } body)
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

    private static async Task ListAsync(HttpContext http, IGrainFactory grains)
    {
        var tenant = http.GetCaller().Tenant;
        if (PronunciationQuery.Select(http.Request.Query, tenant, await Dicts(grains, tenant).ListAsync(), out var page) is { } wrong)
        {
            await http.RefuseAsync(wrong);
        }
        else
        {
            await http.Response.WriteAsJsonAsync(page, PronunciationJson.Default.PronunciationPage, cancellationToken: http.RequestAborted);
        }
    }

    private static async Task GetAsync(string id, HttpContext http, IGrainFactory grains)
    {
        var tenant = http.GetCaller().Tenant;
        await AnswerAsync(http, tenant, await Dicts(grains, tenant).GetAsync(id), NotFound);
    }

    private static async Task UpdateAsync(string id, HttpContext http, IGrainFactory grains)
    {
        var tenant = http.GetCaller().Tenant;
        if (await RequestBody.ReadAsync(http.Request, LongestBody) is not { } body)
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

    private static async Task DeleteAsync(string id, HttpContext http, IGrainFactory grains)
    {
        var tenant = http.GetCaller().Tenant;
        if (await Dicts(grains, tenant).DeleteAsync(id))
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

    private static IPronunciationGrain Dicts(IGrainFactory grains, string tenant) => grains.GetGrain<IPronunciationGrain>(tenant);

    private static Task AnswerAsync(HttpContext http, string tenant, PronunciationDict? dict, ProtocolError otherwise)
        => dict is null
            ? http.RefuseAsync(otherwise)
            : http.Response.WriteAsJsonAsync(
                PronunciationDocument.Of(tenant, dict), PronunciationJson.Default.PronunciationDocument, cancellationToken: http.RequestAborted);
}
