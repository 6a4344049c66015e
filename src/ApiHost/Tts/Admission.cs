using TtsGrains.ApiHost.Access;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.ApiHost.Tts;

/// <summary>Decides whether a client may speak here now, and in which session.</summary>
internal sealed class Admission(IHostApplicationLifetime lifetime)
{
    /// <param name="http">Carries the session unless it is to be a new one.</param>
    /// <param name="tenant">Whose the request is.</param>
    /// <param name="session">Which session it belongs to.</param>
    /// <returns>Null, or why not.</returns>
    public ProtocolError? Check(HttpContext http, out string tenant, out string session)
    {
        tenant = http.GetCaller().Tenant;
        session = http.Request.Query["session_id"].FirstOrDefault() ?? Guid.NewGuid().ToString("N");
        return session.Length == 0 ? ErrorCatalogue.OutOfRange("session_id", IdRule.Text)
            : lifetime.ApplicationStopping.IsCancellationRequested ? ErrorCatalogue.ShuttingDown
            : null;
    }
}
