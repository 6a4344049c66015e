using System.Text.Json.Nodes;

namespace TtsGrains.Tenants.Files;

/// <summary>A key as a tenants file holds it: an object with the members <c>sha256</c>, <c>scopes</c>, <c>expires</c> and <c>name</c>, or the text of a setting.</summary>
internal static class TenantsFileKey
{
    public const string Sha256 = "sha256";
    public const string Scopes = "scopes";
    public const string Expires = "expires";
    public const string Name = "name";

    /// <summary>Reads a key of a file that was checked.</summary>
    public static ApiKey Read(JsonNode? node)
    {
        ApiKey key;
        if (node is JsonObject members)
        {
            ApiKey.Create((string?)members[Sha256] ?? "", (members[Scopes] as JsonArray)?.Select(scope => (string)scope!).ToArray(), (string?)members[Expires], (string?)members[Name], out key);
        }
        else
        {
            ApiKey.Parse((string?)node ?? "", out key);
        }

        return key;
    }

    /// <summary>Writes a key.</summary>
    public static JsonNode Write(ApiKey key)
    {
        var members = new JsonObject { [Sha256] = key.Sha256 };
        if (key.Scopes != TtsGrains.Tenants.Scopes.Default)
        {
            members[Scopes] = new JsonArray([.. ScopeNames.Of(key.Scopes).Select(scope => JsonValue.Create(scope))]);
        }

        if (key.ExpiresAt is { } end)
        {
            members[Expires] = ApiKey.Format(end);
        }

        if (key.Name is not null)
        {
            members[Name] = key.Name;
        }

        return members;
    }
}
