using System.Globalization;
using TtsGrains.Archive.Stores;

namespace TtsGrains.Archive.Audit;

/// <summary>The names of audit records in the archive.</summary>
public static class AuditNames
{
    private const int PerGroup = 1000;

    /// <summary>The chain of what belongs to no tenant. No tenant's id becomes this folder.</summary>
    public static string Service { get; } = "~service/audit/";

    /// <summary>The chain of a tenant.</summary>
    public static string OfTenant(string tenant) => ArchiveNames.TenantPrefix(tenant) + "audit/";

    /// <summary>The record of a number. A folder has at most 1,000 of them.</summary>
    public static string Record(string chain, long number) => string.Create(CultureInfo.InvariantCulture, $"{chain}{number / PerGroup:D9}/{number:D12}.json");

    /// <summary>The number in the last part of a record's name; 0 if it is none.</summary>
    public static long NumberOf(string name)
        => long.TryParse(name.AsSpan(0, Math.Max(0, name.IndexOf('.', StringComparison.Ordinal))), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
