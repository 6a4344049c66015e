using Microsoft.Extensions.Options;

namespace TtsGrains.Grains.Tenants;

/// <summary>A tenant can only use upstreams that there are.</summary>
internal sealed class TenantUpstreamsValidator(IReadOnlyCollection<string> upstreams) : IValidateOptions<TenantOptions>
{
    public ValidateOptionsResult Validate(string? name, TenantOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        foreach (var unknown in options.Upstreams.Where(upstream => !upstreams.Contains(upstream)))
        {
            result.AddError($"{TenantOptions.Section}:{name}:{nameof(TenantOptions.Upstreams)} names \"{unknown}\"; no upstream of that name is configured.");
        }

        return result.Build();
    }
}
