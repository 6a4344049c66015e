namespace TtsGrains.Grains.Interfaces.Audit;

/// <summary>What audit records know.</summary>
public static class AuditActions
{
    public const string Listen = "listen";

    public const string Export = "export";

    public const string Erase = "erase";

    /// <summary>An erasure because the session's retention is over.</summary>
    public const string Retention = "retention";

    public const string Hold = "hold";

    public const string Release = "release";

    public const string CreateToken = "token.create";

    public const string RevokeToken = "token.revoke";

    public const string AddTenant = "tenant.add";

    public const string RemoveTenant = "tenant.remove";

    public const string ChangeLimits = "limits.change";

    public const string AddKey = "key.add";

    public const string RotateKey = "key.rotate";

    public const string RevokeKey = "key.revoke";

    /// <summary>A tenant that was added, changed or removed in the settings or the tenants file of a host.</summary>
    public const string ChangeSettings = "settings.change";

    public const string RotateArchiveKey = "archive-key.rotate";

    /// <summary>An erasure of all that the tenant's archive keys encrypted.</summary>
    public const string DeleteArchiveKeys = "archive-key.delete";

    /// <summary>A request to a route of which only refusals are recorded.</summary>
    public const string Request = "request";

    /// <summary>What exceeded the number of entries of a record, added up.</summary>
    public const string Others = "others";
}

/// <summary>How it ended, if not with an error.</summary>
public static class AuditResults
{
    /// <summary>Recorded before a change begins.</summary>
    public const string Begun = "begun";

    public const string Done = "done";
}
