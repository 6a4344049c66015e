using System.Reflection;
using TtsGrains.ApiHost.Errors;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.OpenApi;

/// <summary>
/// Refuses query parameters that a route does not know: a misspelt filter would otherwise be ignored. Not for the routes of the Cartesia protocol, whose
/// clients pass parameters of their own through.
/// </summary>
internal static class KnownQueries
{
    // Credentials and the API version may be in the query of any request.
    private static readonly string[] Always = ["api_key", "access_token", "cartesia_version"];

    /// <summary>Refuses unknown query parameters on these routes.</summary>
    public static TBuilder RefuseUnknownQueries<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder
        => routes.AddEndpointFilterFactory((route, next) =>
        {
            var known = NamesOf(route.MethodInfo);
            return call => Check(call.HttpContext.Request.Query.Keys, known) is { } error
                ? ValueTask.FromResult<object?>(call.HttpContext.ToProblem(error))
                : next(call);
        });

    /// <summary>The query parameters of a route's handler.</summary>
    public static string[] NamesOf(MethodInfo handler)
        => [.. handler.GetParameters().Select(parameter => parameter.GetCustomAttribute<QueryAttribute>()?.Name).OfType<string>()];

    /// <summary>Checks the names of a query.</summary>
    /// <returns>Null, or the error that names the first unknown one.</returns>
    public static ProtocolError? Check(IEnumerable<string> names, string[] known)
    {
        var unknown = names.FirstOrDefault(name => !known.Contains(name, StringComparer.OrdinalIgnoreCase) && !Always.Contains(name, StringComparer.OrdinalIgnoreCase));
        return unknown is null ? null : Problems.UnknownQuery(unknown, known);
    }
}
