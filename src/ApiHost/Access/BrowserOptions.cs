namespace TtsGrains.ApiHost.Access;

/// <summary>Pages of other origins that may call the API from a browser (CORS).</summary>
internal sealed class BrowserOptions
{
    public const string Section = "Cors";

    /// <summary>Their origins, such as <c>https://app.example.com</c>; <c>*</c> for any. Credentials are sent as a header or in the query, never as a cookie. Default: none.</summary>
    public IList<string> Origins { get; init; } = [];

    /// <summary>Gets a sentence for every origin that is none.</summary>
    public static IEnumerable<string> Check(string path, BrowserOptions options)
        => from origin in options.Origins
           where origin != "*" && !IsOrigin(origin)
           select $"{path}:{nameof(Origins)} names '{origin}'; it must be an origin, such as https://app.example.com, or *.";

    private static bool IsOrigin(string text)
        => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority).Equals(text, StringComparison.OrdinalIgnoreCase);
}
