using Microsoft.AspNetCore.Http.Features;
using TtsGrains.ApiHost.Errors;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.ApiHost.Access;

/// <summary>
/// Checks the ids in the path and the query of every request against <see cref="IdRule"/>, before a route sees them. An id that meets the rule is the
/// same before and after decoding, so that routing gives the id that the client meant. Ids in messages are checked by <see cref="ClientMessageParser"/>.
/// </summary>
internal static class IdCheck
{
    private const string Session = "session";

    /// <summary>Refuses requests with a wrong id. Belongs behind routing.</summary>
    public static void UseIdCheck(this IApplicationBuilder app)
        => app.Use((http, next) => Check(http) is { } error ? http.AnswerAsync(error) : next(http));

    /// <summary>Determines whether a path as it was sent has a segment that the server would resolve: then the path names something else than it seems to.</summary>
    /// <param name="target">The request target, with or without a query.</param>
    public static bool HasDotSegment(string target)
        => target.Split('?', 2)[0].Split('/').Any(segment => Uri.UnescapeDataString(segment) is "." or "..");

    private static ProtocolError? Check(HttpContext http)
    {
        if (HasDotSegment(http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? ""))
        {
            return ApiErrors.DotSegment;
        }

        if (http.GetRouteValue(Session) is string session && !IdRule.IsMetBy(session))
        {
            return ErrorCatalogue.OutOfRange(Session, IdRule.Text);
        }

        foreach (var query in http.GetEndpoint()?.Metadata.GetOrderedMetadata<IdQuery>() ?? [])
        {
            if (http.Request.Query[query.Name].Any(value => query.IdOf(value ?? "") is { Length: > 0 } id && !IdRule.IsMetBy(id)))
            {
                return ErrorCatalogue.OutOfRange(query.Name, IdRule.Text);
            }
        }

        return null;
    }
}
