using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using TtsGrains.ApiHost.Access;
using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.OpenApi;
using TtsGrains.Archive.Encryption;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Sessions;

/// <summary><c>/v1/archive-keys</c>: the keys that the tenant's archive is encrypted with. None of them is ever shown.</summary>
internal static class ArchiveKeyEndpoints
{
    private const string Path = "/archive-keys";

    public static void MapArchiveKeys(this RouteGroupBuilder routes)
    {
        routes.MapGet(Path, ListAsync).WithAccess(RouteAccess.KeyWith(Scopes.Admin)).WithName("listArchiveKeys").WithSummary("The keys of the tenant's archive, without the keys themselves");
        routes.MapPost(Path, RotateAsync).WithAccess(RouteAccess.KeyWith(Scopes.Admin)).WithName("rotateArchiveKey").WithSummary("Creates a new key that encrypts from now on; the others still decrypt")
            .Produces<ArchiveKeysDocument>().ProducesProblem(StatusCodes.Status409Conflict);
        routes.MapDelete(Path, DeleteAsync).WithAccess(RouteAccess.KeyWith(Scopes.Admin)).WithName("deleteArchiveKeys").WithSummary("Erases all that the tenant's keys encrypted, by deleting the keys")
            .WithDescription("It cannot be undone. Reading what was archived until now answers 410 archive_key_deleted. What is archived later gets a new key.")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Ok<ArchiveKeysDocument>> ListAsync(ArchiveCaller caller, ArchiveKeys keys)
        => TypedResults.Ok(await DescribeAsync(caller, keys));

    private static async Task<IResult> RotateAsync(ArchiveCaller caller, ArchiveKeys keys)
    {
        if (!keys.IsOn)
        {
            return caller.Problem(Problems.EncryptionOff);
        }

        await keys.RotateAsync(caller.Tenant, OriginOf(caller), CancellationToken.None);
        return TypedResults.Ok(await DescribeAsync(caller, keys));
    }

    // Not cancelled when its client leaves.
    private static async Task<IResult> DeleteAsync(
        ArchiveCaller caller,
        ArchiveKeys keys,
        [Description("The id of the tenant, as a confirmation."), Query(Name = "confirm")] string? confirm = null)
        => confirm != caller.Tenant ? caller.Problem(ErrorCatalogue.OutOfRange("confirm", $"the id of the tenant, {caller.Tenant}"))
            : await keys.DeleteAsync(caller.Tenant, OriginOf(caller), CancellationToken.None) ? TypedResults.NoContent()
            : caller.Problem(Problems.SessionsHeld);

    private static async Task<ArchiveKeysDocument> DescribeAsync(ArchiveCaller caller, ArchiveKeys keys)
        => new(keys.IsOn, await keys.ListAsync(caller.Tenant, caller.Aborted));

    private static SessionChangeOrigin OriginOf(ArchiveCaller caller) => new(caller.KeyId, caller.Http.TraceIdentifier);
}

/// <summary>The keys of a tenant's archive.</summary>
/// <param name="Encrypted">Whether new objects are encrypted.</param>
/// <param name="Keys">All keys in order; the last that was not deleted encrypts.</param>
internal sealed record ArchiveKeysDocument(bool Encrypted, IReadOnlyList<TenantKeyState> Keys);
