using System.CommandLine;

namespace TtsGrains.Cli.Tenants;

/// <summary><c>tenants</c>: changes a tenants file, which a service follows within seconds, or the tenants of a service.</summary>
internal static class TenantsCommand
{
    public static Command Create() => new("tenants", "Change the tenants file of a service, also while it runs, or its tenants by the admin API.")
    {
        ListCommand.Create(),
        AddCommand.Create(),
        KeysCommand.Create(),
        RotateCommand.Create(),
        RevokeCommand.Create(),
        LimitsCommand.Create(),
        RemoveCommand.Create(),
        UsageCommand.Create(),
        AuditCommand.Create(),
        ArchiveKeysCommand.Create(),
    };
}
