namespace TtsGrains.Grains.Interfaces;

/// <summary>The types of the grains as stored state, placement and the dashboard know them. They stay the same when a class is renamed.</summary>
public static class GrainTypes
{
    public const string Context = "context";

    public const string Connection = "connection";

    public const string Session = "session";

    public const string Tenant = "tenant";

    public const string TenantMonth = "tenantmonth";

    public const string TenantArchive = "tenantarchive";

    public const string TenantUsage = "tenantusage";

    public const string Upstream = "upstream";

    public const string Pronunciation = "pronunciation";

    public const string Operations = "operations";

    public const string Audit = "audit";

    public const string TenantRegistry = "tenant-registry";

    public const string TokenRevocation = "token-revocation";
}
