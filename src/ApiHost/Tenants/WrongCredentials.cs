using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Tenants;

/// <summary>Slows clients that try credentials. A valid one is let in whatever its address did: many clients may share an address.</summary>
internal sealed class WrongCredentials(IOptions<CredentialOptions> options) : IDisposable
{
    // Who has one address of IPv6 has at least all with the same first 64 bits.
    private const int NetworkBytes = 8;

    private readonly PartitionedRateLimiter<IPAddress> _limiter = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address => RateLimitPartition.GetSlidingWindowLimiter(
        NetworkOf(address),
        _ => new SlidingWindowRateLimiterOptions { PermitLimit = options.Value.MaxWrongPerMinute, Window = TimeSpan.FromMinutes(1), SegmentsPerWindow = 6, QueueLimit = 0 }));

    /// <summary>Counts a wrong credential.</summary>
    /// <returns>The answer to it.</returns>
    public ProtocolError Count(IPAddress? address)
    {
        using var lease = _limiter.AttemptAcquire(address ?? IPAddress.None);
        return lease.IsAcquired ? ErrorCatalogue.Unauthorized : ErrorCatalogue.TooManyWrongCredentials;
    }

    public void Dispose() => _limiter.Dispose();

    /// <summary>Gets the address that wrong credentials count for: of IPv6 the /64 network.</summary>
    public static IPAddress NetworkOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new IPAddress(bytes);
    }
}
