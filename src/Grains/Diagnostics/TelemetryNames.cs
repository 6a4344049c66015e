namespace TtsGrains.Grains.Diagnostics;

/// <summary>Names that all telemetry of the service shares.</summary>
public static class TelemetryNames
{
    /// <summary>The meters and activity sources of the service begin with this.</summary>
    public const string Prefix = "TtsGrains";
}
