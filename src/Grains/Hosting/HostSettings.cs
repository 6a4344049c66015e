namespace TtsGrains.Grains.Hosting;

/// <summary>Settings without a section.</summary>
public sealed class HostSettings
{
    /// <summary>The folder for everything that must outlive the process, relative to the working directory: archive, spool, grain state, certificates and keys.</summary>
    public string Data { get; set; } = "data";

    /// <summary>A JSON file with tenants beside those of the settings, relative to the working directory; a change of it takes effect within seconds. See <c>docs/tenants.md</c>. Default: none.</summary>
    public string? TenantsFile { get; set; }
}
