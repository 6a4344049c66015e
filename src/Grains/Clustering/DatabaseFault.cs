using Npgsql;

namespace TtsGrains.Grains.Clustering;

/// <summary>What a failure of the database means for a host that starts, in words for its operator.</summary>
/// <param name="MayPass">Whether it is worth trying again.</param>
/// <param name="Message">What is wrong, without a secret.</param>
internal readonly record struct DatabaseFault(bool MayPass, string Message)
{
    private const string Setting = $"{ClusterSettings.Section}:{nameof(ClusterSettings.ConnectionString)}";

    public static DatabaseFault Of(NpgsqlException failure, NpgsqlConnectionStringBuilder database)
    {
        var place = $"PostgreSQL at {database.Host}:{database.Port}";
        return failure is not PostgresException { SqlState: var state }
            ? new DatabaseFault(MayPass: true, $"{place} ({Setting}) cannot be reached: {failure.GetBaseException().Message}")
            : state switch
            {
                PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification
                    => new DatabaseFault(MayPass: false, $"{Setting}: {place} does not let '{database.Username}' in: wrong user or password."),
                PostgresErrorCodes.InvalidCatalogName
                    => new DatabaseFault(MayPass: false, $"{Setting}: {place} has no database '{database.Database ?? database.Username}'."),
                PostgresErrorCodes.InsufficientPrivilege
                    => new DatabaseFault(MayPass: false, $"{Setting}: '{database.Username}' may not make or use the service's tables in '{database.Database}': {failure.Message}"),
                _ => new DatabaseFault(failure.IsTransient, $"{place} ({Setting}) refuses: {failure.Message}"),
            };
    }
}
