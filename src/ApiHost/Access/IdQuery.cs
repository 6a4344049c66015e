namespace TtsGrains.ApiHost.Access;

/// <summary>Metadata of a route: a query parameter that names a session or a context.</summary>
/// <param name="Name">The parameter.</param>
/// <param name="IdOf">Returns the id in a value of the parameter; an empty one is left to the route.</param>
internal sealed record IdQuery(string Name, Func<string, string> IdOf);
