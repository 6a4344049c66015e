using System.ComponentModel;
using System.Globalization;
using Microsoft.OpenApi;
using TtsGrains.ApiHost.Access;
using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.OpenApi;
using TtsGrains.Archive.Audit;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Audit;

/// <summary><c>GET /v1/audit</c>: who did what, and what was refused.</summary>
internal static class AuditEndpoint
{
    /// <summary>What the API's description says of the records.</summary>
    public const string Help = """
        Records are in order of their numbers. Each is byte for byte as it is stored, and has the SHA-256 of the text of the one before it as previous: who keeps the hash
        of head finds any record that was changed or removed since. What this host has gathered is stored first; of other hosts it may take a few seconds, refusals a minute.
        """;

    public const string DayHelp = "A day (UTC), as 2026-03-04. All days by default.";
    public const string AfterHelp = "The number of the record behind which the page begins; 0 by default.";
    public const string LimitHelp = "The most records, 1 to 500; 100 by default.";

    private const int MostRecords = 500;
    private const int DefaultRecords = 100;

    /// <summary>Records requests, and lets the route answer with its document.</summary>
    public static IServiceCollection AddAudit(this IServiceCollection services)
    {
        services.AddSingleton<AuditBuffer>();
        services.AddHostedService(provider => provider.GetRequiredService<AuditBuffer>());
        services.AddHostedService<SettingsAudit>();
        return services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, AuditApiJson.Default));
    }

    public static void MapAudit(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1").WithTags("audit").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        group.RefuseUnknownQueries();
        group.ReportStoreFailures();
        group.MapGet("/audit", ShowAsync).WithAccess(RouteAccess.KeyWith(Scopes.Admin)).WithName("showAudit").WithSummary("The tenant's audit records").WithDescription(Help)
            .Produces<AuditDocument>();
    }

    private static Task<IResult> ShowAsync(
        HttpContext http,
        AuditBuffer buffer,
        AuditTrail trail,
        AuditReader reader,
        [Description(DayHelp), Query(Name = "day", Format = "date")] string? day = null,
        [Description(AfterHelp), Query(JsonSchemaType.Integer, Name = "after")] string? after = null,
        [Description(LimitHelp), Query(JsonSchemaType.Integer, Name = "limit")] string? limit = null)
        => AnswerAsync(http, buffer, trail, reader, AuditNames.OfTenant(http.GetCaller().Tenant), (day, after, limit));

    /// <summary>Answers with a page of a chain.</summary>
    public static async Task<IResult> AnswerAsync(HttpContext http, AuditBuffer buffer, AuditTrail trail, AuditReader reader, string chain, (string? Day, string? After, string? Limit) query)
    {
        var (day, after, limit) = (default(DateOnly), 0L, DefaultRecords);
        var error = query.Day is { } date && !DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day)
                ? ErrorCatalogue.OutOfRange("day", "a date such as 2026-03-04")
            : query.After is { } number && !(long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out after) && after < long.MaxValue - MostRecords)
                ? ErrorCatalogue.OutOfRange("after", "the number of a record, or 0")
            : query.Limit is { } most && !(int.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= MostRecords)
                ? ErrorCatalogue.OutOfRange("limit", $"1 to {MostRecords}")
            : null;
        if (error is not null)
        {
            return http.ToProblem(error);
        }

        await buffer.StoreAsync(chain);
        var page = await reader.ReadAsync(chain, await trail.GetHeadAsync(chain), query.Day is null ? null : day, after, limit, http.RequestAborted);
        return TypedResults.Bytes(AuditDocument.ToBytes(page), "application/json");
    }
}
