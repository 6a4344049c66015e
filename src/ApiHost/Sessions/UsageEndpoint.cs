using System.ComponentModel;
using TtsGrains.ApiHost.Access;
using TtsGrains.ApiHost.OpenApi;
using TtsGrains.Archive.Usage;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Sessions;

/// <summary><c>GET /v1/usage</c>: a tenant's usage, added up.</summary>
internal static class UsageEndpoint
{
    private const string Json = "json";
    private const string Csv = "csv";
    private const string CsvType = "text/csv";

    public static void MapUsage(this RouteGroupBuilder routes)
        => routes.MapGet("/usage", ShowAsync).WithAccess(RouteAccess.KeyWith(Scopes.Admin)).WithName("showUsage").WithSummary("The tenant's usage by day, key, reference, model or upstream")
            .Produces<UsageDocument>();

    private static async Task<IResult> ShowAsync(
        ArchiveCaller caller,
        UsageLedger ledger,
        TimeProvider time,
        [Description("The first day (UTC), as 2026-03-04. Today by default."), Query(Name = "from", Format = "date")] string? from = null,
        [Description("The last day (UTC), at most 30 days later. The first day by default."), Query(Name = "to", Format = "date")] string? to = null,
        [Description("The grouping; day by default."), Query(Name = "by", Values = [UsageQuery.ByDay, UsageQuery.ByKey, UsageQuery.ByReference, UsageQuery.ByModel, UsageQuery.ByUpstream])] string? by = null,
        [Description("The form of the answer; by default csv if Accept names text/csv, else json."), Query(Name = "format", Values = [Json, Csv])] string? format = null)
    {
        if (UsageQuery.TryRead(from, to, by, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), out var query) is { } error)
        {
            return caller.Problem(error);
        }

        if (format is not (null or Json or Csv))
        {
            return caller.Problem(ErrorCatalogue.OutOfRange("format", $"{Json} or {Csv}"));
        }

        // A group without a name has the key "", which no name of a group is.
        var groups = new SortedDictionary<string, UsageGroupDocument>(StringComparer.Ordinal);
        await foreach (var record in ledger.ReadAsync(caller.Tenant, query.From, query.To, caller.Aborted))
        {
            var name = query.Group(record);
            groups[name ?? ""] = (groups.GetValueOrDefault(name ?? "") ?? new UsageGroupDocument { Group = name }).With(record);
        }

        var usage = new UsageDocument(query.From, query.To, [.. groups.Values]);
        format ??= caller.Http.Request.Headers.Accept.ToString().Contains(CsvType, StringComparison.OrdinalIgnoreCase) ? Csv : Json;
        return format == Csv ? TypedResults.Text(usage.ToCsv(), $"{CsvType}; charset=utf-8") : TypedResults.Ok(usage);
    }
}
