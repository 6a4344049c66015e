using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using TtsGrains.Grains.Tenants;

namespace TtsGrains.ApiHost.Tenants;

/// <summary>Tells whose a key is. Keys are known by their SHA-256 only and compared in constant time.</summary>
internal sealed class TenantDirectory
{
    private readonly (byte[] Hash, string Tenant)[] _keys;

    public TenantDirectory(IConfiguration configuration, IOptionsMonitor<TenantOptions> tenants)
    {
        _keys =
        [
            .. from section in configuration.GetSection(TenantOptions.Section).GetChildren()
               from key in tenants.Get(section.Key).Keys
               select (Convert.FromHexString(key), section.Key),
        ];
    }

    /// <summary>The tenant that a key belongs to; null when it is nobody's.</summary>
    public string? Find(string? key)
    {
        if (key is null)
        {
            return null;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        string? found = null;
        foreach (var (known, tenant) in _keys)
        {
            // No early return: how long this takes says nothing about which key it was.
            if (CryptographicOperations.FixedTimeEquals(known, hash))
            {
                found = tenant;
            }
        }

        return found;
    }
}
