using TtsGrains.Grains.Interfaces.Operations;

namespace TtsGrains.Grains.Operations;

/// <summary>A part of a host that has something to report.</summary>
public interface IHostReportPart
{
    /// <summary>Returns the report with what the part adds.</summary>
    HostReport AddTo(HostReport report);
}
