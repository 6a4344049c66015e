using System.ComponentModel;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using TtsGrains.Grains.Archive;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Sessions;

/// <summary><c>GET /v1/sessions</c> and <c>GET /v1/sessions/{session}</c>.</summary>
internal static class SessionsEndpoints
{
    private const int DefaultLimit = 100;
    private const int LargestLimit = 1000;

    public static void MapSessions(this RouteGroupBuilder routes)
    {
        routes.MapGet("/sessions", ListAsync).WithName("listSessions").WithSummary("Sessions of a day, or with a reference")
            .Produces<SessionPage>().ProducesProblem(StatusCodes.Status400BadRequest);
        routes.MapGet("/sessions/{session}", ShowAsync).WithName("showSession").WithSummary("A session with its contexts and segments")
            .Produces<SessionDocument>().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> ListAsync(
        ArchiveCaller caller,
        SessionArchive archive,
        TimeProvider time,
        [Description("The day (UTC), as 2026-03-04; today unless a reference is given.")] string? day = null,
        [Description("The reference that the client gave with ?ref= on its socket.")] string? @ref = null,
        [Description("The most sessions, 1 to 1000; 100 by default.")] string? limit = null,
        [Description("Where the page before ended: its next.")] string? after = null)
    {
        var most = DefaultLimit;
        if (limit is not null && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out most) || most is < 1 or > LargestLimit))
        {
            return caller.Problem(ErrorCatalogue.OutOfRange("limit", $"a whole number from 1 to {LargestLimit}"));
        }

        DateOnly? date = DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed) ? parsed : null;
        if (day is not null && date is null)
        {
            return caller.Problem(ErrorCatalogue.OutOfRange("day", "a date such as 2026-03-04"));
        }

        if (!TryReadCursor(after, out var cursor))
        {
            return caller.Problem(ErrorCatalogue.OutOfRange("after", "the next of an earlier page"));
        }

        var reference = string.IsNullOrEmpty(@ref) ? null : @ref;
        try
        {
            var (found, next) = await archive.ListAsync(
                caller.Tenant, date ?? DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), reference, cursor, most, caller.Aborted);
            var sessions = found
                .Where(s => reference is null || date is null || (s.StartedAt is { } at && DateOnly.FromDateTime(at.UtcDateTime) == date))
                .Select(s => new SessionListed(s.Session, s.Ref, s.StartedAt)).ToList();
            return TypedResults.Ok(new SessionPage(sessions, next is null ? null : WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(next))));
        }
        catch (ArgumentException)
        {
            return caller.Problem(ErrorCatalogue.OutOfRange("after", "the next of an earlier page"));
        }
    }

    private static async Task<IResult> ShowAsync(ArchiveCaller caller, SessionOverview overview, string session)
        => await overview.FindAsync(caller.Tenant, caller.Exactly(session), caller.Aborted) is { } found
            ? TypedResults.Ok(found)
            : caller.Problem(Errors.Problems.SessionNotFound);

    private static bool TryReadCursor(string? after, out string? cursor)
    {
        try
        {
            cursor = string.IsNullOrEmpty(after) ? null : new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(WebEncoders.Base64UrlDecode(after));
            return true;
        }
        catch (Exception malformed) when (malformed is FormatException or DecoderFallbackException)
        {
            cursor = null;
            return false;
        }
    }
}
