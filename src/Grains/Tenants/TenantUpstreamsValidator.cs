using Microsoft.Extensions.Options;

namespace TtsGrains.Grains.Tenants;

/// <summary>A tenant can only use upstreams that there are.</summary>
internal sealed class TenantUpstreamsValidator(IReadOnlyCollection<string> upstreams) : IValidateOptions<TenantOptions>
{
    public ValidateOptionsResult Validate(string? name, TenantOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        foreach (var failure in EntryRules.CheckReferences($"{TenantOptions.Section}:{name}:{nameof(TenantOptions.Upstreams)}", options.Upstreams, "upstream", upstreams))
        {
            result.AddError(failure);
        }

        return result.Build();
    }
}
