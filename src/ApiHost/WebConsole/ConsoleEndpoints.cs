using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.FileProviders.Physical;
using TtsGrains.ApiHost.Access;

namespace TtsGrains.ApiHost.WebConsole;

/// <summary><c>GET /console</c>: a page to try the service, to follow live sessions and to read the archive. The page asks for a key; its files are public.</summary>
internal static class ConsoleEndpoints
{
    /// <summary>The path of the console.</summary>
    public const string Path = "/console";

    /// <summary>Reads the console's settings.</summary>
    public static IServiceCollection AddConsole(this IServiceCollection services)
    {
        services.AddOptions<ConsoleOptions>().BindConfiguration(ConsoleOptions.Section);
        return services;
    }

    public static void MapConsole(this IEndpointRouteBuilder routes)
    {
        var files = new PhysicalFileProvider(ConsoleFiles.Folder, ExclusionFilters.Sensitive);
        routes.MapGet(Path + "/settings", ConsoleSettings.Show).WithAccess(RouteAccess.AnyCredential).ExcludeFromDescription();
        routes.MapGet(Path + "/{**file}", (HttpContext http, string? file) => Serve(http, files, file)).WithAccess(RouteAccess.Public).ExcludeFromDescription();
    }

    private static IResult Serve(HttpContext http, PhysicalFileProvider files, string? path)
    {
        ConsoleHeaders.Set(http.Response.Headers);
        return ConsoleFiles.Find(files, path) is { } found
            ? TypedResults.Stream(found.File.CreateReadStream(), found.ContentType, lastModified: found.File.LastModified)
            : TypedResults.NotFound();
    }
}
