using Microsoft.Extensions.Options;

namespace TtsGrains.ApiHost.Tenants;

/// <summary>Checks the keys of a tenant.</summary>
internal sealed class TenantOptionsValidator : IValidateOptions<TenantOptions>
{
    public ValidateOptionsResult Validate(string? name, TenantOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        foreach (var fault in options.Keys.Select(text => ApiKey.Parse(text, out _)).OfType<string>())
        {
            result.AddError($"{TenantOptions.Section}:{name}:Keys {fault}");
        }

        return result.Build();
    }
}
