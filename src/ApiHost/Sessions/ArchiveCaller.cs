using Microsoft.AspNetCore.Http.Features;
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
    private const int SessionPart = 3;

    public CancellationToken Aborted => Http.RequestAborted;

    public static ValueTask<ArchiveCaller> BindAsync(HttpContext http)
    {
        var refusal = http.RequestServices.GetRequiredService<TenantDirectory>().Check(http.Request, Grants.None, out var caller)
            ?? (caller!.IsToken ? Problems.KeyRequired : null);
        return ValueTask.FromResult(new ArchiveCaller(refusal is null ? caller!.Tenant : "", caller?.KeyId ?? "", refusal, http));
    }

    /// <summary>
    /// The session that the path names. Routing leaves %2F as it is, so that "a/b" and "a%2Fb" could not be told apart: the raw path can.
    /// </summary>
    /// <param name="routed">What routing took it for.</param>
    public string Exactly(string routed)
    {
        var target = Http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var parts = target.Split('?', 2)[0].Split('/');
        return target.StartsWith('/') && parts.Length > SessionPart ? Uri.UnescapeDataString(parts[SessionPart]) : routed;
    }

    public IResult Problem(ProtocolError error) => Http.ToProblem(error);
}
