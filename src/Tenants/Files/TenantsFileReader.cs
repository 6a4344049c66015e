using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace TtsGrains.Tenants.Files;

/// <summary>
/// Reads a tenants file: <c>{"tenants": {"acme": {"keys": [{"sha256": "3fa9…"}], "maxOpenContexts": 200}}}</c>. The members of a tenant are the settings
/// <c>Tenants:acme</c>, and are checked like them.
/// </summary>
/// <param name="rules">Get a sentence for every fault beside those that the settings of one tenant can have.</param>
public sealed class TenantsFileReader(params Func<IConfiguration, IEnumerable<string>>[] rules)
{
    private const string Root = "tenants";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly SettingsCatalogue _catalogue = new([SettingsSection.Each<TenantOptions>(TenantOptions.Section, "<id>")], [KeyRules.Check, .. rules]);

    /// <summary>The byte order mark that some editors write.</summary>
    internal static ReadOnlySpan<byte> Bom => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads the bytes of a file.</summary>
    /// <param name="json">The bytes.</param>
    /// <param name="settings">The settings by their names if there is no fault.</param>
    /// <returns>A sentence for every fault. None quotes a key or its hash.</returns>
    public IReadOnlyList<string> Read(ReadOnlyMemory<byte> json, out IReadOnlyDictionary<string, string?> settings)
    {
        settings = new Dictionary<string, string?>();
        try
        {
            using var document = JsonDocument.Parse(json.Span.StartsWith(Bom) ? json[Bom.Length..] : json, Strict);
            var flattened = new TenantsFileSettings();
            if (document.RootElement.ValueKind != JsonValueKind.Object || document.RootElement.EnumerateObject().Any(member => member.Name != Root))
            {
                return [$"The file must be one JSON object with the member \"{Root}\" and no other."];
            }

            if (document.RootElement.TryGetProperty(Root, out var tenants))
            {
                flattened.Add(tenants);
            }

            var configuration = new ConfigurationBuilder().AddInMemoryCollection(flattened.Values).Build();
            string[] faults = [.. flattened.Faults, .. _catalogue.Check(configuration, out settings)];
            return faults;
        }
        catch (JsonException e)
        {
            return [$"The file is no valid JSON: it breaks at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}, or has a member twice."];
        }
    }
}
