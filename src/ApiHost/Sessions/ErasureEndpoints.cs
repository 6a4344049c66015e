using System.Diagnostics;
using TtsGrains.ApiHost.Access;
using TtsGrains.ApiHost.Errors;
using TtsGrains.Grains.Archive;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>Erasing a session, and keeping it from being erased.</summary>
internal static class ErasureEndpoints
{
    public static void MapErasure(this RouteGroupBuilder routes)
    {
        routes.MapDelete("/sessions/{session}", EraseAsync).WithAccess(RouteAccess.KeyOnly).WithName("eraseSession").WithSummary("Removes all of a session and records who did it")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        routes.MapPut("/sessions/{session}/hold", HoldAsync).WithAccess(RouteAccess.KeyOnly).WithName("holdSession").WithSummary("Keeps a session from being erased, by request or by age")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapDelete("/sessions/{session}/hold", ReleaseAsync).WithAccess(RouteAccess.KeyOnly).WithName("releaseSession").WithSummary("Lets a held session go")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> EraseAsync(ArchiveCaller caller, SessionEraser eraser, string session)
    {
        // Once begun it goes on without its client.
        var erasure = await eraser.EraseAsync(caller.Tenant, session, caller.KeyId, caller.Http.TraceIdentifier, CancellationToken.None);
        return erasure switch
        {
            Erasure.Erased => TypedResults.NoContent(),
            Erasure.NotFound => caller.Problem(Problems.SessionNotFound),
            Erasure.Held => caller.Problem(Problems.SessionHeld),
            Erasure.Open => caller.Problem(Problems.SessionOpen),
            _ => throw new UnreachableException($"Not the end of an erasure: {erasure}."),
        };
    }

    private static async Task<IResult> HoldAsync(ArchiveCaller caller, SessionEraser eraser, SessionOverview overview, string session)
    {
        if (await overview.FindAsync(caller.Tenant, session, caller.Aborted) is null)
        {
            return caller.Problem(Problems.SessionNotFound);
        }

        await eraser.HoldAsync(caller.Tenant, session, caller.KeyId, caller.Http.TraceIdentifier, caller.Aborted);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> ReleaseAsync(ArchiveCaller caller, SessionEraser eraser, string session)
        => await eraser.ReleaseAsync(caller.Tenant, session, caller.KeyId, caller.Http.TraceIdentifier, caller.Aborted)
            ? TypedResults.NoContent()
            : caller.Problem(Problems.SessionNotFound);
}
