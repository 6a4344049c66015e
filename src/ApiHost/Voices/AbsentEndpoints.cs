using TtsGrains.ApiHost.Access;
using TtsGrains.ApiHost.Errors;

namespace TtsGrains.ApiHost.Voices;

/// <summary>
/// The parts of Cartesia's API that this service does not have. Each answers 404 with a sentence that says so, where a route such as
/// <c>/voices/{id}</c> would answer as if the method were wrong.
/// </summary>
internal static class AbsentEndpoints
{
    /// <summary>The paths, with all that is below them.</summary>
    private static readonly string[] Paths = ["/voices/clone", "/voices/localize", "/voice-changer", "/infill", "/fine-tunes", "/datasets", "/agents"];

    public static void MapAbsent(this IEndpointRouteBuilder routes)
    {
        foreach (var path in Paths)
        {
            routes.Map(path + "/{**rest}", http => http.RefuseAsync(ApiErrors.NotOffered(path))).WithAccess(RouteAccess.Public).ExcludeFromDescription();
        }
    }
}
