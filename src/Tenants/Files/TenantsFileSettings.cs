using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace TtsGrains.Tenants.Files;

/// <summary>Turns the tenants of a file into settings with their names.</summary>
internal sealed class TenantsFileSettings
{
    /// <summary>The settings.</summary>
    public Dictionary<string, string?> Values { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A sentence for everything that cannot be a setting.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>Adds all tenants.</summary>
    public void Add(JsonElement tenants)
    {
        if (tenants.ValueKind != JsonValueKind.Object)
        {
            Faults.Add($"{TenantOptions.Section} must be an object with a member for each tenant.");
            return;
        }

        foreach (var tenant in tenants.EnumerateObject())
        {
            var path = ConfigurationPath.Combine(TenantOptions.Section, tenant.Name);
            if (!TenantId.IsValid(tenant.Name))
            {
                Faults.Add($"{TenantOptions.Section} has a tenant whose id is not {TenantId.Rule}.");
            }
            else if (tenant.Value.ValueKind != JsonValueKind.Object)
            {
                Faults.Add($"{path} must be an object.");
            }
            else
            {
                AddTenant(path, tenant.Value);
            }
        }
    }

    private void AddTenant(string path, JsonElement tenant)
    {
        // A tenant without keys is one too.
        Values[ConfigurationPath.Combine(path, nameof(TenantOptions.Keys))] = "";
        foreach (var member in tenant.EnumerateObject())
        {
            var setting = ConfigurationPath.Combine(path, member.Name);
            if (member.Name.Equals(nameof(TenantOptions.Keys), StringComparison.OrdinalIgnoreCase) && member.Value.ValueKind == JsonValueKind.Array)
            {
                AddEach(setting, member.Value, AddKey);
            }
            else
            {
                AddValue(setting, member.Value);
            }
        }
    }

    private void AddValue(string path, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    AddValue(ConfigurationPath.Combine(path, member.Name), member.Value);
                }

                break;
            case JsonValueKind.Array:
                AddEach(path, value, AddValue);
                break;
            case JsonValueKind.Null:
                break;
            default:
                Values[path] = value.ToString();
                break;
        }
    }

    private void AddKey(string path, JsonElement key)
    {
        string? sha256 = null, expires = null, name = null;
        string[]? scopes = null;
        if (key.ValueKind == JsonValueKind.String)
        {
            Note(ApiKey.Parse(key.GetString()!, out var read), read);
        }
        else if (key.ValueKind != JsonValueKind.Object || !key.EnumerateObject().All(Read))
        {
            Faults.Add($"{path} must be an object with the texts {TenantsFileKey.Sha256}, {TenantsFileKey.Expires} and {TenantsFileKey.Name} and the list {TenantsFileKey.Scopes}, of which only {TenantsFileKey.Sha256} is required.");
        }
        else
        {
            Note(ApiKey.Create(sha256 ?? "", scopes, expires, name, out var made), made);
        }

        void Note(string? fault, ApiKey result)
        {
            if (fault is not null)
            {
                Faults.Add($"{path} {fault}");
            }
            else
            {
                Values[path] = result.ToString();
            }
        }

        bool Read(JsonProperty member) => member.Name switch
        {
            TenantsFileKey.Sha256 => TryText(member.Value, out sha256),
            TenantsFileKey.Expires => TryText(member.Value, out expires),
            TenantsFileKey.Name => TryText(member.Value, out name),
            TenantsFileKey.Scopes => TryTexts(member.Value, out scopes),
            _ => false,
        };
    }

    private static void AddEach(string path, JsonElement list, Action<string, JsonElement> add)
    {
        foreach (var (index, element) in list.EnumerateArray().Index())
        {
            add(ConfigurationPath.Combine(path, $"{index}"), element);
        }
    }

    private static bool TryText(JsonElement value, out string? text)
    {
        text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return value.ValueKind is JsonValueKind.String or JsonValueKind.Null;
    }

    private static bool TryTexts(JsonElement value, out string[]? texts)
    {
        var isList = value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(each => each.ValueKind == JsonValueKind.String);
        texts = isList ? [.. value.EnumerateArray().Select(each => each.GetString()!)] : null;
        return isList || value.ValueKind == JsonValueKind.Null;
    }
}
