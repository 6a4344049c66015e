using System.ComponentModel;
using System.Globalization;
using Microsoft.OpenApi;
using TtsGrains.ApiHost.Access;
using TtsGrains.ApiHost.OpenApi;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Sessions;

/// <summary><c>GET /v1/sessions</c> and <c>GET /v1/sessions/{session}</c>.</summary>
internal static class SessionsEndpoints
{
    private const int DefaultLimit = 100;
    private const int LargestLimit = 1000;

    private const string Help = """
        Pages do not change while sessions begin and end: give next of one page as after of the next. A page may have fewer sessions than limit, though more follow; next
        is null on the last one. A session that has just ended is listed again when it is in the archive, a moment later.
        """;

    private static readonly ProtocolError NotACursor = ErrorCatalogue.OutOfRange("after", "the next of an earlier page");

    public static void MapSessions(this RouteGroupBuilder routes)
    {
        routes.MapGet("/sessions", ListAsync).WithAccess(RouteAccess.Scope(Scopes.Archive)).WithName("listSessions").WithSummary("Live and archived sessions, the newest first")
            .WithDescription(Help).Produces<SessionPage>().ProducesProblem(StatusCodes.Status400BadRequest);
        routes.MapGet("/sessions/{session}", ShowAsync).WithAccess(RouteAccess.Scope(Scopes.Archive)).WithName("showSession").WithSummary("A session with its contexts and segments")
            .Produces<SessionDocument>().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> ListAsync(
        ArchiveCaller caller,
        SessionListing listing,
        TimeProvider time,
        [Description("The day (UTC), as 2026-03-04. Today by default; all days with ref or live=true."), Query(Name = "day", Format = "date")] string? day = null,
        [Description("The reference that the client gave with ?ref= on its socket."), Query(Name = "ref")] string? @ref = null,
        [Description("true lists live sessions only, false the others only; both by default."), Query(JsonSchemaType.Boolean, Name = "live")] string? live = null,
        [Description("open lists sessions with an open context only, finished the others only; both by default."), Query(Name = "state", Values = [SessionFilter.Open, SessionFilter.Finished])] string? state = null,
        [Description("The least length of a session's text, UTF-16 units."), Query(JsonSchemaType.Integer, Name = "min_characters", Minimum = "0")] string? minCharacters = null,
        [Description("The most length of a session's text, UTF-16 units."), Query(JsonSchemaType.Integer, Name = "max_characters", Minimum = "0")] string? maxCharacters = null,
        [Description("Words that the archived text of the session has, each of them, upper or lower case; at most 200 characters."), Query(Name = "text")] string? text = null,
        [Description("The most sessions, 1 to 1000; 100 by default."), Query(JsonSchemaType.Integer, Name = "limit", Minimum = "1", Maximum = "1000")] string? limit = null,
        [Description("The next of the page before."), Query(Name = "after")] string? after = null)
    {
        var most = DefaultLimit;
        if (limit is not null && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out most) || most is < 1 or > LargestLimit))
        {
            return caller.Problem(ErrorCatalogue.OutOfRange("limit", $"a whole number from 1 to {LargestLimit}"));
        }

        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (SessionFilter.TryRead(new SessionListQuery(day, @ref, live, state, minCharacters, maxCharacters, text), today, out var filter) is { } error)
        {
            return caller.Problem(error);
        }

        if (!ListingCursor.TryParse(after, out var cursor))
        {
            return caller.Problem(NotACursor);
        }

        try
        {
            return TypedResults.Ok(await listing.ListAsync(caller.Tenant, filter, cursor, most, caller.Aborted));
        }
        catch (ArgumentException)
        {
            return caller.Problem(NotACursor);
        }
    }

    private static async Task<IResult> ShowAsync(ArchiveCaller caller, SessionOverview overview, string session)
        => await overview.FindAsync(caller.Tenant, session, caller.Aborted) is { } found
            ? TypedResults.Ok(found)
            : caller.Problem(Errors.Problems.SessionNotFound);
}
