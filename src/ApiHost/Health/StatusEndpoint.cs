using Microsoft.Net.Http.Headers;
using TtsGrains.ApiHost.Access;
using TtsGrains.ApiHost.OpenApi;
using TtsGrains.ApiHost.WebConsole;
using TtsGrains.Protocol;

namespace TtsGrains.ApiHost.Health;

internal static class StatusEndpoint
{
    /// <summary><c>GET /</c>, as Cartesia answers it; a browser is redirected to the console.</summary>
    public static void MapStatus(this IEndpointRouteBuilder routes)
        => routes.MapGet("/", (HttpRequest request) => Answer(request)).WithAccess(RouteAccess.Public)
            .WithTags("status").WithName("status").WithSummary("The service is there, and its newest API version; a browser is redirected to the console")
            .Produces<StatusDocument>();

    /// <summary>True if a request names HTML among what it accepts, as browsers do and SDKs do not.</summary>
    public static bool IsBrowser(IEnumerable<MediaTypeHeaderValue> accepted) => accepted.Any(type => type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase));

    private static IResult Answer(HttpRequest request)
    {
        request.HttpContext.Response.Headers.Vary = HeaderNames.Accept;
        return IsBrowser(request.GetTypedHeaders().Accept)
            ? TypedResults.Redirect(ConsoleEndpoints.Path)
            : TypedResults.Text($$"""{"ok":true,"version":"{{ApiVersion.Newest}}"}""", "application/json");
    }
}
