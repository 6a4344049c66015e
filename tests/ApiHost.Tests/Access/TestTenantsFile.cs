using System.Text.Json;
using System.Text.Json.Nodes;

namespace TtsGrains.ApiHost.Tests.Access;

/// <summary>A tenants file of a test.</summary>
internal sealed class TestTenantsFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tts-tenants-");
    private readonly JsonObject _tenants = [];

    public string Path => System.IO.Path.Combine(_folder.FullName, "tenants.json");

    /// <summary>The setting that names it.</summary>
    public string Setting => $"TenantsFile={Path}";

    /// <summary>Sets the keys and other settings of a tenant, and writes the file.</summary>
    public void Set(string tenant, string[] keys, params (string Name, JsonNode Value)[] settings)
    {
        var options = new JsonObject(settings.Select(setting => KeyValuePair.Create(setting.Name, (JsonNode?)setting.Value)))
        {
            ["keys"] = new JsonArray([.. keys.Select(key => new JsonObject { ["sha256"] = ApiKey.HashOf(key) })]),
        };
        _tenants[tenant] = options;
        Write(new JsonObject { ["tenants"] = _tenants.DeepClone() }.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }

    /// <summary>Replaces the file at once, as the command line does.</summary>
    public void Write(string json)
    {
        File.WriteAllText(Path + ".new", json);
        File.Move(Path + ".new", Path, overwrite: true);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
