namespace TtsGrains.ApiHost.Audit;

/// <summary>Metadata of a route whose requests are recorded.</summary>
/// <param name="Action">What a request does.</param>
/// <param name="IsRecordedByRoute">True if the route records what it does, before it answers or with what only it knows. Its refusals are recorded all the same.</param>
internal sealed record RouteAudit(string Action, bool IsRecordedByRoute);

internal static class RouteAuditConventions
{
    /// <summary>Records who uses these routes, once the answer begins.</summary>
    public static TBuilder WithAudit<TBuilder>(this TBuilder routes, string action)
        where TBuilder : IEndpointConventionBuilder
        => routes.WithMetadata(new RouteAudit(action, IsRecordedByRoute: false));

    /// <summary>States that these routes record what they do.</summary>
    public static TBuilder WithOwnAudit<TBuilder>(this TBuilder routes, string action)
        where TBuilder : IEndpointConventionBuilder
        => routes.WithMetadata(new RouteAudit(action, IsRecordedByRoute: true));
}
