using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>Who asks for something of the archive. Bound from the credential, never from the path, so that no tenant can name another's session.</summary>
/// <param name="Tenant">The tenant's id; empty when refused.</param>
/// <param name="KeyId">The beginning of its key's hash, for the audit record.</param>
/// <param name="Refusal">Why the request must not go on; null when it may.</param>
/// <param name="Http">The request.</param>
internal sealed record ArchiveCaller(string Tenant, string KeyId, ProtocolError? Refusal, HttpContext Http)
{
    public CancellationToken Aborted => Http.RequestAborted;

    public static ValueTask<ArchiveCaller> BindAsync(HttpContext http)
    {
        var refusal = http.RequestServices.GetRequiredService<TenantDirectory>().Check(http.Request, Grants.None, out var caller)
            ?? (caller!.IsToken ? Problems.KeyRequired : null);
        return ValueTask.FromResult(new ArchiveCaller(refusal is null ? caller!.Tenant : "", caller?.KeyId ?? "", refusal, http));
    }

    public IResult Problem(ProtocolError error) => Http.ToProblem(error);
}
