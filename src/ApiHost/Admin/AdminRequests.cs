using TtsGrains.Tenants.Files;

namespace TtsGrains.ApiHost.Admin;

/// <summary>Reads what requests of the admin API ask for. Faults are kept by the body.</summary>
internal static class AdminRequests
{
    private const int LongestOverlap = 30 * 24 * 3600;
    private const int DefaultOverlap = 3600;

    private static readonly Scopes Givable = Scopes.Default | Scopes.Admin;

    /// <summary>Reads what a new key is.</summary>
    /// <param name="body">The members <c>name</c>, <c>scopes</c> and <c>expires_at</c>.</param>
    /// <param name="now">The time.</param>
    /// <param name="secret">The key itself.</param>
    public static ApiKey ReadKey(AdminBody body, DateTimeOffset now, out string secret)
    {
        body.Allow("name", "scopes", "expires_at");
        secret = ApiKey.NewSecret();
        var name = body.Text("name");
        if (name is not null && !ApiKey.IsName(name))
        {
            body.Fail("name", "1 to 64 letters, digits and . _ - @");
        }

        return new ApiKey(ApiKey.HashOf(secret)) { Name = name, Scopes = ReadScopes(body), ExpiresAt = ReadExpiry(body, now) };
    }

    /// <summary>Reads how a key is rotated.</summary>
    /// <returns>How long the old key stays valid, and when the new one ends; null as the old one.</returns>
    public static (TimeSpan Overlap, DateTimeOffset? ExpiresAt) ReadRotation(AdminBody body, DateTimeOffset now)
    {
        body.Allow("overlap_seconds", "expires_at");
        var overlap = body.Number("overlap_seconds", $"0 to {LongestOverlap}", number => number is >= 0 and <= LongestOverlap) ?? DefaultOverlap;
        return (TimeSpan.FromSeconds(overlap), ReadExpiry(body, now));
    }

    /// <summary>Reads limits; null returns to the default.</summary>
    public static IReadOnlyList<(TenantLimit Limit, long? Value)> ReadLimits(AdminBody body)
    {
        body.Allow([.. TenantLimit.All.Select(limit => limit.Name)]);
        return [.. from limit in TenantLimit.All where body.Has(limit.Name) select (limit, body.Number(limit.Name, $"{limit.Rule}, or null for the default", limit.Allows))];
    }

    /// <summary>Sets limits, and tells what has changed.</summary>
    public static string Set(this TenantsDocument document, string tenant, IReadOnlyList<(TenantLimit Limit, long? Value)> limits)
    {
        var changes = limits.Select(change => $"{change.Limit.Name}: {document.SettingOf(tenant, change.Limit.Setting) ?? "default"} -> {change.Value?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "default"}").ToList();
        foreach (var (limit, value) in limits)
        {
            document.Set(tenant, limit.Setting, value);
        }

        return string.Join(", ", changes);
    }

    /// <summary>Describes a new key, with the key itself.</summary>
    public static AdminNewKeyDocument Show(this ApiKey key, string tenant, string secret)
        => new(secret, tenant, key.Id, key.Name, [.. ScopeNames.Of(key.Scopes)], key.ExpiresAt);

    private static Scopes ReadScopes(AdminBody body)
    {
        if (body.Texts("scopes") is not { } names)
        {
            return Scopes.Default;
        }

        var scopes = names.Aggregate(Scopes.None, (all, name) => all | ScopeNames.Parse(name));
        if (names.Length == 0 || names.Any(name => ScopeNames.Parse(name) == Scopes.None) || (scopes & ~Givable) != Scopes.None)
        {
            body.Fail("scopes", $"some of {Words.And(ScopeNames.Of(Givable))}; operator is given in the settings or a tenants file only");
        }

        return scopes;
    }

    private static DateTimeOffset? ReadExpiry(AdminBody body, DateTimeOffset now)
    {
        if (body.Text("expires_at") is not { } text)
        {
            return null;
        }

        if (!ApiKey.TryParseTime(text, out var end) || end <= now)
        {
            body.Fail("expires_at", $"a time to come: {ApiKey.TimeForm}");
        }

        return end;
    }
}
