using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TtsGrains.Grains.Connections;

/// <summary>Checks the settings of one upstream. Reports every failure, each with the full name of its setting.</summary>
internal sealed class UpstreamOptionsValidator : IValidateOptions<UpstreamOptions>
{
    public ValidateOptionsResult Validate(string? name, UpstreamOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        var section = $"{UpstreamOptions.Section}:{name}:";
        List<ValidationResult> failures = [];
        Validator.TryValidateObject(options, new ValidationContext(options), failures, validateAllProperties: true);
        foreach (var failure in failures)
        {
            result.AddError($"{section}{failure.MemberNames.FirstOrDefault()}: {failure.ErrorMessage}");
        }

        if (!Uri.TryCreate(options.Url, UriKind.Absolute, out var url) || url.Scheme is not ("ws" or "wss"))
        {
            result.AddError($"{section}{nameof(UpstreamOptions.Url)} must be a WebSocket address, such as wss://api.cartesia.ai/tts/websocket.");
        }

        return result.Build();
    }
}
