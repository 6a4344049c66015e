using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Admin;

/// <summary>Errors of the admin API.</summary>
internal static class AdminErrors
{
    public static ProtocolError TenantNotFound { get; } = new(404, "tenant_not_found", "Tenant not found", "There is no such tenant.");

    public static ProtocolError KeyNotFound { get; } = new(404, "key_not_found", "Key not found", "The tenant has no key of this id; GET /v1/admin/tenants/{tenant} lists its keys.");

    public static ProtocolError TenantExists { get; } = new(409, "tenant_exists", "Tenant exists", "There is a tenant of this id already; letters count whatever their case.");

    public static ProtocolError TenantConfigured { get; } = new(
        409, "tenant_configured", "Tenant configured", "The tenant is in the settings or the tenants file of the service; change it there.");

    public static ProtocolError TooManyKeys(int most) => new(409, "too_many_keys", "Too many keys", $"A tenant may have at most {most} keys; revoke one first.");

    public static ProtocolError Changing { get; } = new(409, "tenants_changing", "Tenants are changing", "Other changes were first again and again; try again.");

    public static ProtocolError Unavailable { get; } = new(
        503, "tenants_unavailable", "Tenants unavailable", "The change could not be stored and may or may not be there; read the tenant, and try again.");

    public static ProtocolError Faulty(IEnumerable<string> faults) => new(400, "invalid_request", "Invalid request", string.Join(' ', faults));
}
