using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace TtsGrains.Cli.Tenants;

/// <summary>Recomputes a chain of audit records from the first to the last.</summary>
internal sealed class AuditVerification
{
    private long _number;
    private string _hash = new('0', 64);

    /// <summary>The first record that is not as it was stored, in a sentence; null while there is none.</summary>
    public string? Fault { get; private set; }

    /// <summary>Adds the next record.</summary>
    /// <param name="record">The record, byte for byte.</param>
    public void Add(JsonElement record)
    {
        if (Fault is not null)
        {
            return;
        }

        var number = record.TryGetProperty("number", out var given) && given.TryGetInt64(out var read) ? read : 0;
        Fault = record.TryGetProperty("unreadable", out _) ? $"Record {number} cannot be read."
            : number != _number + 1 ? $"Record {_number + 1} is missing."
            : !record.TryGetProperty("previous", out var previous) || previous.GetString() != _hash ? Describe(number)
            : null;
        (_number, _hash) = (number, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(record.GetRawText()))));
    }

    /// <summary>Checks the end of the chain.</summary>
    /// <param name="head">The last record, as the service knows it.</param>
    public void Finish(JsonElement head)
    {
        var number = head.GetProperty("number").GetInt64();
        Fault ??= number > _number ? $"Record {_number + 1} is missing."
            : head.GetProperty("hash").GetString() != _hash ? $"Record {_number} was changed: it is not the one that the service stored last."
            : null;
    }

    // Which of the two was changed cannot be told from the records alone.
    private static string Describe(long number) => number == 1
        ? "Record 1 was changed: it is not the first of a chain."
        : $"Record {number - 1} was changed: record {number} has the hash of another one.";
}
