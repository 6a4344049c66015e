namespace TtsGrains.ApiHost.WebConsole;

/// <summary>The console.</summary>
internal sealed class ConsoleOptions
{
    public const string Section = "Console";

    /// <summary>The part of <see cref="TraceUrl"/> that the console replaces.</summary>
    public const string TraceId = "{trace_id}";

    private static readonly string Sample = new('0', 32);

    /// <summary>
    /// The address of a trace in the trace viewer, such as <c>https://traces.example.com/trace/{trace_id}</c>; the console links to it. Default: none, the console
    /// shows the trace id to copy.
    /// </summary>
    public string? TraceUrl { get; init; }

    /// <summary>Gets a sentence for an address that is none, or lacks the placeholder.</summary>
    public static IEnumerable<string> Check(string path, ConsoleOptions options)
        => options.TraceUrl is { } url && !IsTraceUrl(url)
            ? [$"{path}:{nameof(TraceUrl)} is '{url}'; it must be an http or https URL without credentials that has {TraceId} in its path, query or fragment, such as https://traces.example.com/trace/{TraceId}."]
            : [];

    private static bool IsTraceUrl(string text)
        => Uri.TryCreate(text.Replace(TraceId, Sample, StringComparison.Ordinal), UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0
            && $"{url.PathAndQuery}{url.Fragment}".Contains(Sample, StringComparison.Ordinal) && !url.Authority.Contains(Sample, StringComparison.Ordinal);
}
