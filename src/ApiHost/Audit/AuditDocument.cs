using System.Text.Json;
using System.Text.Json.Serialization;
using TtsGrains.Archive.Audit;
using TtsGrains.Grains.Interfaces.Audit;

namespace TtsGrains.ApiHost.Audit;

/// <summary>A page of audit records. Each is byte for byte as it is stored: the SHA-256 of its text is in the next one.</summary>
/// <param name="Records">The records that there are, in order.</param>
/// <param name="Next">The number to ask behind for the next page; null when none follows.</param>
/// <param name="Head">The last record of all.</param>
internal sealed record AuditDocument(IReadOnlyList<AuditRecord> Records, long? Next, AuditHead Head)
{
    /// <summary>Writes a page.</summary>
    public static byte[] ToBytes(AuditPage page)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteStartArray("records"u8);
            foreach (var (number, record) in page.Records)
            {
                if (AuditRecord.Parse(record) is not null)
                {
                    json.WriteRawValue(record.ToMemory().Span);
                    continue;
                }

                json.WriteStartObject();
                json.WriteNumber("number"u8, number);
                json.WriteBoolean("unreadable"u8, true);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WritePropertyName("next"u8);
            JsonSerializer.Serialize(json, page.Next, AuditApiJson.Default.NullableInt64);
            json.WritePropertyName("head"u8);
            JsonSerializer.Serialize(json, page.Head, AuditApiJson.Default.AuditHead);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}

[JsonSerializable(typeof(AuditDocument))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class AuditApiJson : JsonSerializerContext;
