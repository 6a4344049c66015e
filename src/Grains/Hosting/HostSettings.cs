namespace TtsGrains.Grains.Hosting;

/// <summary>Settings without a section.</summary>
public sealed class HostSettings
{
    /// <summary>The folder for everything that must outlive the process, relative to the working directory: archive, spool, grain state, certificates and keys.</summary>
    public string Data { get; set; } = "data";
}
