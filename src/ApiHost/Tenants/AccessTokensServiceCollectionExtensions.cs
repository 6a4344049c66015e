using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;
using TtsGrains.Archive.Encryption;

namespace TtsGrains.ApiHost.Tenants;

internal static class AccessTokensServiceCollectionExtensions
{
    /// <summary>Access tokens, with their keys in the data directory or the archive's store so that tokens outlive a restart.</summary>
    public static IServiceCollection AddAccessTokens(this IServiceCollection services, string dataDirectory)
    {
        services.AddOptions<AccessTokenOptions>().BindConfiguration(AccessTokenOptions.Section);
        services.AddDataProtection().SetApplicationName("TtsGrains");
        services.AddOptions<KeyManagementOptions>().Configure<IOptions<AccessTokenOptions>, ILoggerFactory, IServiceProvider>((keys, tokens, loggers, provider)
            => keys.XmlRepository = tokens.Value.Keys == TokenKeyLocation.Archive
                ? new SharedTokenKeys(provider.GetRequiredService<SharedSecrets>())
                : new FileSystemXmlRepository(
                    CreatePrivate(tokens.Value.KeyDirectory is { Length: > 0 } path ? path : Path.Combine(dataDirectory, "token-keys")), loggers));
        services.AddSingleton<RevokedTokens>();
        services.AddSingleton<AccessTokens>();
        return services;
    }

    /// <summary>The revocation of access tokens. After Orleans: a host that starts asks for those of others first.</summary>
    public static IServiceCollection AddTokenRevocation(this IServiceCollection services)
        => services.AddSingleton<TokenRevoker>().AddHostedService(provider => provider.GetRequiredService<TokenRevoker>());

    // The keys are not encrypted themselves: who can read them can make tokens.
    private static DirectoryInfo CreatePrivate(string path) => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(path)
        : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
