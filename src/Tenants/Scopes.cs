namespace TtsGrains.Tenants;

/// <summary>What a credential allows.</summary>
[Flags]
public enum Scopes : byte
{
    None = 0,

    /// <summary>To speak, and to keep pronunciation dictionaries.</summary>
    Speak = 1,

    /// <summary>To listen to sessions while they are live.</summary>
    Listen = 2,

    /// <summary>To read sessions and their archive; with an API key also to hold and to erase them.</summary>
    Archive = 4,

    /// <summary>To see the tenant's own limits, keys, usage and audit records.</summary>
    Admin = 8,

    /// <summary>To change the tenants of the service, and to see their audit records. Given in the settings and in tenants files only.</summary>
    Operator = 16,

    /// <summary>What a key allows that names no scopes.</summary>
    Default = Speak | Listen | Archive,
    All = Default | Admin | Operator,
}

/// <summary>The names of scopes in settings, files and messages.</summary>
public static class ScopeNames
{
    private static readonly Scopes[] Each = [Scopes.Speak, Scopes.Listen, Scopes.Archive, Scopes.Admin, Scopes.Operator];

    /// <summary>The names of all scopes.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Of(Scopes.All)];

    /// <summary>Returns the names of the scopes in a set.</summary>
    public static IEnumerable<string> Of(Scopes scopes) => Each.Where(scope => scopes.HasFlag(scope)).Select(NameOf);

    /// <summary>Returns the scope of a name, whatever its case; <see cref="Scopes.None"/> if there is none.</summary>
    public static Scopes Parse(string name) => Array.Find(Each, scope => NameOf(scope).Equals(name, StringComparison.OrdinalIgnoreCase));

    private static string NameOf(Scopes scope) => scope.ToString().ToLowerInvariant();
}
