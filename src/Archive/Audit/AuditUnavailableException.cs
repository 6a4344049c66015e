namespace TtsGrains.Archive.Audit;

/// <summary>An audit record could not be stored: what it records must not happen. A failure of the archive's store.</summary>
public sealed class AuditUnavailableException() : IOException("The audit record cannot be stored.");
