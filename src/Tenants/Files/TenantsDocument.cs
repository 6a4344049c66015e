using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TtsGrains.Tenants.Files;

/// <summary>Tenants in the form of a tenants file, to be changed. Members that it does not know it keeps.</summary>
public sealed class TenantsDocument
{
    private const string Root = "tenants";
    private const string KeysName = "keys";

    private static readonly JsonNodeOptions IgnoreCase = new() { PropertyNameCaseInsensitive = true };
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string _name;
    private readonly JsonObject _tenants;

    /// <summary>Begins a document without tenants.</summary>
    /// <param name="name">Its name, for errors.</param>
    public TenantsDocument(string name)
        : this(name, new JsonObject(IgnoreCase))
    {
    }

    private TenantsDocument(string name, JsonObject tenants) => (_name, _tenants) = (name, tenants);

    /// <summary>The ids of all tenants, in order.</summary>
    public IReadOnlyList<string> Tenants => [.. _tenants.Select(tenant => tenant.Key)];

    /// <summary>Reads a document that <see cref="TenantsFileReader"/> has found without a fault.</summary>
    public static TenantsDocument Parse(ReadOnlySpan<byte> json, string name)
    {
        var root = (JsonObject)JsonNode.Parse(json.StartsWith(TenantsFileReader.Bom) ? json[TenantsFileReader.Bom.Length..] : json, IgnoreCase)!;
        var tenants = root[Root] as JsonObject ?? new JsonObject(IgnoreCase);
        root.Remove(Root);
        return new TenantsDocument(name, tenants);
    }

    /// <summary>Determines whether there is a tenant.</summary>
    public bool Has(string tenant) => _tenants.ContainsKey(tenant);

    /// <summary>Gets the keys of a tenant.</summary>
    public IReadOnlyList<ApiKey> KeysOf(string tenant) => [.. (Find(tenant)[KeysName] as JsonArray ?? []).Select(TenantsFileKey.Read)];

    /// <summary>Gets a setting of a tenant as text; null if it has its default.</summary>
    public string? SettingOf(string tenant, string setting) => Find(tenant)[setting]?.ToString();

    /// <summary>Adds a tenant without a key.</summary>
    /// <exception cref="TenantsFileException">It exists.</exception>
    public void Add(string tenant)
    {
        if (Has(tenant))
        {
            throw new TenantsFileException($"{_name} has a tenant {tenant} already.");
        }

        _tenants[tenant] = new JsonObject(IgnoreCase) { [KeysName] = new JsonArray() };
    }

    /// <summary>Removes a tenant with its keys and settings.</summary>
    public void Remove(string tenant)
    {
        Find(tenant);
        _tenants.Remove(tenant);
    }

    /// <summary>Replaces the keys of a tenant.</summary>
    public void SetKeys(string tenant, IEnumerable<ApiKey> keys) => Find(tenant)[KeysName] = new JsonArray([.. keys.Select(TenantsFileKey.Write)]);

    /// <summary>Adds a key with the name and the scopes of another one, which expires.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The id of the other key.</param>
    /// <param name="sha256">The SHA-256 of the new key.</param>
    /// <param name="end">When the other key expires, if not before.</param>
    /// <param name="expiresAt">When the new key expires; null for when the other one would have.</param>
    /// <returns>The new key; null if the tenant has no key of this id.</returns>
    public ApiKey? RotateKey(string tenant, string id, string sha256, DateTimeOffset end, DateTimeOffset? expiresAt)
    {
        var keys = KeysOf(tenant);
        if (keys.FirstOrDefault(key => key.Id == id) is not { } old)
        {
            return null;
        }

        var next = old with { Sha256 = sha256, ExpiresAt = expiresAt ?? old.ExpiresAt };
        SetKeys(tenant, keys.Select(key => key == old ? old with { ExpiresAt = old.ExpiresAt < end ? old.ExpiresAt : end } : key).Append(next));
        return next;
    }

    /// <summary>Sets a whole number of a tenant; null returns to the default.</summary>
    public void Set(string tenant, string setting, long? value)
    {
        var options = Find(tenant);
        options.Remove(setting);
        if (value is { } number)
        {
            options[JsonNamingPolicy.CamelCase.ConvertName(setting)] = number;
        }
    }

    /// <summary>Returns the document as it is stored.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(new JsonObject { [Root] = _tenants.DeepClone() }, Indented);

    private JsonObject Find(string tenant) => _tenants[tenant] as JsonObject ?? throw new TenantsFileException($"{_name} has no tenant {tenant}.{Suggestion.For(tenant, Tenants)}");
}
