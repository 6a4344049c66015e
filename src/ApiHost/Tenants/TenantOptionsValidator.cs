using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using TtsGrains.Grains.Tenants;

namespace TtsGrains.ApiHost.Tenants;

/// <summary>Checks the keys of a tenant.</summary>
internal sealed class TenantOptionsValidator : IValidateOptions<TenantOptions>
{
    public ValidateOptionsResult Validate(string? name, TenantOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (name is { Length: > 0 } && options.Keys.Count == 0)
        {
            result.AddError($"{TenantOptions.Section}:{name}:Keys is empty; a tenant needs at least one key.");
        }

        foreach (var _ in options.Keys.Where(key => key.Length != 2 * SHA256.HashSizeInBytes || !key.All(char.IsAsciiHexDigit)))
        {
            result.AddError($"{TenantOptions.Section}:{name}:Keys holds something that is not a SHA-256: it must be {2 * SHA256.HashSizeInBytes} hexadecimal digits.");
        }

        return result.Build();
    }
}
