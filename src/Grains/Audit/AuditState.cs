using TtsGrains.Grains.Interfaces.Audit;

namespace TtsGrains.Grains.Audit;

/// <summary>The last record of a chain, kept outside the archive: who removes the last records there does not reach it.</summary>
[GenerateSerializer, Alias("tts.AuditState")]
internal sealed class AuditState
{
    [Id(0)]
    public AuditHead? Head { get; set; }
}
