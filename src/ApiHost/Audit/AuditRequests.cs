using TtsGrains.ApiHost.Access;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.Archive.Audit;
using TtsGrains.Grains.Interfaces.Audit;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.ApiHost.Audit;

/// <summary>
/// Records requests to routes with a <see cref="RouteAudit"/> when their answer begins, and refusals of all routes: a wrong credential, a missing scope,
/// and what a recorded route does not find or may not change. Belongs before <see cref="AccessCheck"/>.
/// </summary>
internal sealed class AuditRequests(RequestDelegate next, AuditBuffer buffer, TimeProvider time)
{
    private const int PartsBeforeTarget = 4;

    public Task InvokeAsync(HttpContext http)
    {
        // Before the client has the answer: what it asks for next finds the record.
        http.Response.OnStarting(() =>
        {
            Record(http, http.GetEndpoint()?.Metadata.GetMetadata<RouteAudit>());
            return Task.CompletedTask;
        });
        return next(http);
    }

    private void Record(HttpContext http, RouteAudit? route)
    {
        if (http.Features.Get<ProtocolError>() is { } error)
        {
            RecordRefusal(http, route, error);
        }
        else if (route is { IsRecordedByRoute: false })
        {
            RecordAnswer(http, route);
        }
    }

    private void RecordAnswer(HttpContext http, RouteAudit route)
    {
        if (http.Features.Get<Caller>() is { } caller
            && http.Response.StatusCode is StatusCodes.Status101SwitchingProtocols or StatusCodes.Status200OK or StatusCodes.Status206PartialContent)
        {
            buffer.Add(AuditNames.OfTenant(caller.Tenant), EntryOf(http, caller, route.Action, AuditResults.Done) with { Target = TargetOf(http) });
        }
    }

    private void RecordRefusal(HttpContext http, RouteAudit? route, ProtocolError error)
    {
        var result = error.Code ?? $"{error.StatusCode}";
        if (http.Features.Get<Caller>() is not { } caller)
        {
            if (error.StatusCode is StatusCodes.Status401Unauthorized or StatusCodes.Status429TooManyRequests)
            {
                var address = http.Connection.RemoteIpAddress is { } known ? WrongCredentials.NetworkOf(known).ToString() : null;
                buffer.AddRefusal(AuditNames.Service, new AuditEntry(time.GetUtcNow(), AuditActions.Request, result) { Address = address, RequestId = http.TraceIdentifier });
            }
        }
        else if (error.StatusCode == StatusCodes.Status403Forbidden
            || (route is not null && error.StatusCode is StatusCodes.Status404NotFound or StatusCodes.Status409Conflict or StatusCodes.Status410Gone))
        {
            var entry = EntryOf(http, caller, route?.Action ?? AuditActions.Request, result);
            buffer.AddRefusal(
                AuditNames.OfTenant(caller.Tenant),
                route is null ? entry with { Target = $"{http.Request.Method} {(http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText}" } : entry);
        }
    }

    private AuditEntry EntryOf(HttpContext http, Caller caller, string action, string result) => new(time.GetUtcNow(), action, result)
    {
        By = caller.KeyId,
        Token = caller.TokenId,
        Session = RequestedSession.Of(http) is { } session && IdRule.IsMetBy(session) ? session : null,
        RequestId = http.TraceIdentifier,
    };

    // What of the session, such as contexts/1/manifest.
    private static string TargetOf(HttpContext http) => string.Join('/', (http.Request.Path.Value ?? "").Split('/').Skip(PartsBeforeTarget));
}
