using System.CommandLine;

namespace TtsGrains.Cli.Tenants;

/// <summary><c>tenants</c>: changes a tenants file. A service that uses the file follows within seconds.</summary>
internal static class TenantsCommand
{
    public static Command Create() => new("tenants", "Change the tenants file of a service, also while it runs.")
    {
        ListCommand.Create(),
        AddCommand.Create(),
        KeysCommand.Create(),
        RevokeCommand.Create(),
        LimitsCommand.Create(),
    };
}
