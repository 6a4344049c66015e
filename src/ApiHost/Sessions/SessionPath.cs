using Microsoft.AspNetCore.Http.Features;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>Paths below <c>/v1/sessions/{session}</c>.</summary>
internal static class SessionPath
{
    private const int SessionPart = 3;

    /// <summary>
    /// The session that the path names. Routing leaves %2F as it is, so that "a/b" and "a%2Fb" could not be told apart: the raw path can.
    /// </summary>
    /// <param name="http">The request.</param>
    /// <param name="routed">What routing took it for.</param>
    public static string SessionOf(HttpContext http, string routed)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var parts = target.Split('?', 2)[0].Split('/');
        return target.StartsWith('/') && parts.Length > SessionPart ? Uri.UnescapeDataString(parts[SessionPart]) : routed;
    }
}
