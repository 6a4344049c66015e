using System.Diagnostics;
using TtsGrains.ApiHost.Access;
using TtsGrains.ApiHost.Audit;
using TtsGrains.ApiHost.Errors;
using TtsGrains.Archive.Removal;
using TtsGrains.Grains.Interfaces.Audit;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>Erasing a session, and keeping it from being erased.</summary>
internal static class ErasureEndpoints
{
    public static void MapErasure(this RouteGroupBuilder routes)
    {
        routes.MapDelete("/sessions/{session}", EraseAsync).WithAccess(RouteAccess.KeyWith(Scopes.Archive)).WithOwnAudit(AuditActions.Erase).WithName("eraseSession").WithSummary("Removes all of a session and records who did it")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        routes.MapPut("/sessions/{session}/hold", HoldAsync).WithAccess(RouteAccess.KeyWith(Scopes.Archive)).WithOwnAudit(AuditActions.Hold).WithName("holdSession").WithSummary("Keeps a session from being erased, by request or by age")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapDelete("/sessions/{session}/hold", ReleaseAsync).WithAccess(RouteAccess.KeyWith(Scopes.Archive)).WithOwnAudit(AuditActions.Release).WithName("releaseSession").WithSummary("Lets a held session go")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
    }

    // Once begun they go on without their client.
    private static async Task<IResult> EraseAsync(ArchiveCaller caller, SessionEraser eraser, string session)
        => Answer(caller, await eraser.EraseAsync(KeyOf(caller, session), OriginOf(caller)));

    private static async Task<IResult> HoldAsync(ArchiveCaller caller, SessionEraser eraser, string session)
        => Answer(caller, await eraser.HoldAsync(KeyOf(caller, session), OriginOf(caller)));

    private static async Task<IResult> ReleaseAsync(ArchiveCaller caller, SessionEraser eraser, string session)
        => Answer(caller, await eraser.ReleaseAsync(KeyOf(caller, session), OriginOf(caller)));

    private static SessionKey KeyOf(ArchiveCaller caller, string session) => new(caller.Tenant, session);

    private static SessionChangeOrigin OriginOf(ArchiveCaller caller) => new(caller.KeyId, caller.Http.TraceIdentifier);

    private static IResult Answer(ArchiveCaller caller, SessionChange change) => change switch
    {
        SessionChange.Done => TypedResults.NoContent(),
        SessionChange.NotFound => caller.Problem(Problems.SessionNotFound),
        SessionChange.Held => caller.Problem(Problems.SessionHeld),
        SessionChange.Open => caller.Problem(Problems.SessionOpen),
        SessionChange.StoreUnavailable => caller.Problem(Problems.StoreUnavailable),
        _ => throw new UnreachableException($"Not a result: {change}."),
    };
}
