namespace TtsGrains.Tenants.Files;

/// <summary>A tenants file cannot be read or changed; the message is one sentence for people.</summary>
public sealed class TenantsFileException(string message, Exception? inner = null) : IOException(message, inner);
