namespace TtsGrains.Archive.Removal;

/// <summary>How long archived sessions are kept.</summary>
public interface IRetentionPolicy
{
    /// <summary>Gets the tenants with a limited retention and the days that they keep a session.</summary>
    IEnumerable<(string Tenant, int Days)> Tenants { get; }
}
