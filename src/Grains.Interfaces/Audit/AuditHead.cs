namespace TtsGrains.Grains.Interfaces.Audit;

/// <summary>The last record of an audit chain.</summary>
/// <param name="Number">Its number, from 1; 0 if the chain has none.</param>
/// <param name="Hash">Its SHA-256, in hexadecimal; zeros if the chain has none.</param>
[GenerateSerializer, Immutable, Alias("tts.AuditHead")]
public sealed record AuditHead([property: Id(0)] long Number, [property: Id(1)] string Hash)
{
    /// <summary>The head of a chain without records: the first record continues it.</summary>
    public static AuditHead None { get; } = new(0, new string('0', 64));
}
