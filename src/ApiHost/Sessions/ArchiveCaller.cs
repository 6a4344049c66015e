using TtsGrains.ApiHost.Access;
using TtsGrains.ApiHost.Errors;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>Who asks for something of the archive. Bound from the credential, never from the path, so that no tenant can name another's session.</summary>
/// <param name="Tenant">The tenant's id.</param>
/// <param name="KeyId">The beginning of its key's hash, for the audit record.</param>
/// <param name="Http">The request.</param>
internal sealed record ArchiveCaller(string Tenant, string KeyId, HttpContext Http)
{
    public CancellationToken Aborted => Http.RequestAborted;

    public static ValueTask<ArchiveCaller> BindAsync(HttpContext http)
    {
        var caller = http.GetCaller();
        return ValueTask.FromResult(new ArchiveCaller(caller.Tenant, caller.KeyId, http));
    }

    public IResult Problem(ProtocolError error) => Http.ToProblem(error);
}
