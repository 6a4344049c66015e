using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TtsGrains.Cli.Drill;

/// <summary>
/// A report with its signature: ECDSA P-256 with a key that is made for the report and forgotten. It shows that the report is unchanged since; the
/// fingerprint of the public key, told separately, shows that it is the same report.
/// </summary>
internal static class SignedReport
{
    private const string Algorithm = "ECDSA-P256-SHA256";

    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Signs a report.</summary>
    public static byte[] Sign(DrillReport report)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var json = JsonDocument.Parse(report.ToJson());
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output, Readable))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("report"u8);
            json.RootElement.WriteTo(writer);
            writer.WriteStartObject("signature"u8);
            writer.WriteString("algorithm"u8, Algorithm);
            writer.WriteBase64String("public_key"u8, key.ExportSubjectPublicKeyInfo());
            writer.WriteBase64String("value"u8, key.SignData(SignedBytes(json.RootElement), HashAlgorithmName.SHA256));
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return output.ToArray();
    }

    /// <summary>Checks a signed report.</summary>
    /// <returns>The report and the fingerprint of the key that signed it; null if the signature is not that of the report.</returns>
    /// <exception cref="JsonException">It is not a signed report.</exception>
    public static (DrillReport Report, string Fingerprint)? Verify(ReadOnlyMemory<byte> signed)
    {
        using var json = JsonDocument.Parse(signed);
        try
        {
            var report = json.RootElement.GetProperty("report");
            var signature = json.RootElement.GetProperty("signature");
            if (signature.GetProperty("algorithm").GetString() != Algorithm)
            {
                throw new JsonException($"The signature's algorithm is not {Algorithm}.");
            }

            var publicKey = signature.GetProperty("public_key").GetBytesFromBase64();
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(publicKey, out _);
            return key.VerifyData(SignedBytes(report), signature.GetProperty("value").GetBytesFromBase64(), HashAlgorithmName.SHA256)
                ? (DrillReport.FromJson(report), Convert.ToHexStringLower(SHA256.HashData(publicKey)))
                : null;
        }
        catch (Exception e) when (e is KeyNotFoundException or FormatException or CryptographicException or InvalidOperationException)
        {
            throw new JsonException("It has no report with a signature.", e);
        }
    }

    // Without white space: a report that was indented in another way is the same.
    private static byte[] SignedBytes(JsonElement report)
    {
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            report.WriteTo(writer);
        }

        return output.ToArray();
    }
}
