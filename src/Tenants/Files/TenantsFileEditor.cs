using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TtsGrains.Tenants.Files;

/// <summary>A tenants file that is being changed. No other editor can open the file meanwhile; hosts can read it, and see all of a change or nothing.</summary>
public sealed class TenantsFileEditor : IDisposable
{
    private const string Root = "tenants";
    private const string KeysName = "keys";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly JsonNodeOptions IgnoreCase = new() { PropertyNameCaseInsensitive = true };
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string _path;
    private readonly FileStream _lock;
    private readonly JsonObject _tenants;

    private TenantsFileEditor(string path, FileStream held, JsonObject tenants) => (_path, _lock, _tenants) = (path, held, tenants);

    /// <summary>The ids of all tenants, in order.</summary>
    public IReadOnlyList<string> Tenants => [.. _tenants.Select(tenant => tenant.Key)];

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isNew">True to begin an empty one if it does not exist.</param>
    /// <exception cref="TenantsFileException">It does not exist, has a fault, or is being changed.</exception>
    public static TenantsFileEditor Open(string path, bool isNew = false)
    {
        // A link stays one.
        path = (File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? Path.GetFullPath(path);
        var held = Lock(path, isNew);
        try
        {
            return new TenantsFileEditor(path, held, Read(path, isNew));
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Gets the keys of a tenant.</summary>
    public IReadOnlyList<ApiKey> KeysOf(string tenant)
        => [.. (Find(tenant)[KeysName] as JsonArray ?? []).Select(TenantsFileKey.Read)];

    /// <summary>Gets a setting of a tenant as text; null if it has its default.</summary>
    public string? SettingOf(string tenant, string setting) => Find(tenant)[setting]?.ToString();

    /// <summary>Adds a tenant without a key.</summary>
    /// <exception cref="TenantsFileException">It exists.</exception>
    public void Add(string tenant)
    {
        if (Tenants.Contains(tenant, StringComparer.OrdinalIgnoreCase))
        {
            throw new TenantsFileException($"{Path.GetFileName(_path)} has a tenant {tenant} already.");
        }

        _tenants[tenant] = new JsonObject(IgnoreCase) { [KeysName] = new JsonArray() };
    }

    /// <summary>Replaces the keys of a tenant.</summary>
    public void SetKeys(string tenant, IEnumerable<ApiKey> keys) => Find(tenant)[KeysName] = new JsonArray([.. keys.Select(TenantsFileKey.Write)]);

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

    /// <summary>Replaces the file at once. Only its user can read it.</summary>
    /// <exception cref="TenantsFileException">The change would be a fault.</exception>
    public void Save()
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(new JsonObject { [Root] = _tenants.DeepClone() }, Indented);
        Check(content, "The change is refused");
        var next = _path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Private;
        }

        // What a killed editor left may have other rights.
        File.Delete(next);
        using (var file = new FileStream(next, options))
        {
            file.Write(content);
            file.Write("\n"u8);
            file.Flush(flushToDisk: true);
        }

        File.Move(next, _path, overwrite: true);
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string path, bool isNew)
    {
        if (isNew && Path.GetDirectoryName(path) is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
        }

        try
        {
            return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (DirectoryNotFoundException)
        {
            throw new TenantsFileException($"There is no file {path}.");
        }
        catch (IOException e) when (e is not FileNotFoundException)
        {
            throw new TenantsFileException($"Another command is changing {path}; try again.", e);
        }
    }

    private static JsonObject Read(string path, bool isNew)
    {
        if (!File.Exists(path))
        {
            return isNew ? new JsonObject(IgnoreCase) : throw new TenantsFileException($"There is no file {path}.");
        }

        var content = File.ReadAllBytes(path);
        Check(content, $"{path} has a fault; correct it first");
        var root = (JsonObject)JsonNode.Parse(content.AsSpan().StartsWith(TenantsFileReader.Bom) ? content.AsSpan(TenantsFileReader.Bom.Length) : content, IgnoreCase)!;
        var tenants = root[Root] as JsonObject ?? new JsonObject(IgnoreCase);
        root.Remove(Root);
        return tenants;
    }

    private static void Check(byte[] content, string prefix)
    {
        if (new TenantsFileReader().Read(content, out _) is { Count: > 0 } faults)
        {
            throw new TenantsFileException($"{prefix}: {string.Join(" ", faults)}");
        }
    }

    private JsonObject Find(string tenant)
        => _tenants[tenant] as JsonObject ?? throw new TenantsFileException($"{Path.GetFileName(_path)} has no tenant {tenant}.{Suggestion.For(tenant, Tenants)}");
}
