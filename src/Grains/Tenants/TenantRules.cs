using Microsoft.Extensions.Configuration;

namespace TtsGrains.Grains.Tenants;

/// <summary>Rules that concern several tenants, or tenants and upstreams.</summary>
/// <param name="Check">Gets a sentence for every fault of a configuration.</param>
internal sealed record TenantRules(Func<IConfiguration, IEnumerable<string>> Check);
