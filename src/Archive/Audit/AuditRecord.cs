using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using TtsGrains.Grains.Interfaces.Audit;

namespace TtsGrains.Archive.Audit;

/// <summary>One object of an audit chain. Its SHA-256 is in the next one, so that none can be changed, removed or put in without a trace.</summary>
/// <param name="Number">Its place in the chain, from 1.</param>
/// <param name="Previous">The SHA-256 of the object before it, in hexadecimal; zeros in the first.</param>
/// <param name="At">When it was stored, never before the one before it.</param>
/// <param name="Entries">What it records.</param>
public sealed record AuditRecord(long Number, string Previous, DateTimeOffset At, IReadOnlyList<AuditEntry> Entries)
{
    /// <summary>Returns the bytes that are stored.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, AuditJson.Default.AuditRecord);

    /// <summary>Reads the bytes of a record.</summary>
    /// <returns>Null if they are none.</returns>
    public static AuditRecord? Parse(BinaryData json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, AuditJson.Default.AuditRecord);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Returns the SHA-256 of a record's bytes as the next record has it.</summary>
    public static string HashOf(ReadOnlySpan<byte> json) => Convert.ToHexStringLower(SHA256.HashData(json));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AuditRecord))]
internal sealed partial class AuditJson : JsonSerializerContext;
