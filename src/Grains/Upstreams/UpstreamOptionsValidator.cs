using Microsoft.Extensions.Options;

namespace TtsGrains.Grains.Upstreams;

/// <summary>Checks the settings of one upstream. Reports every failure, each with the full name of its setting.</summary>
internal sealed class UpstreamOptionsValidator : IValidateOptions<UpstreamOptions>
{
    public ValidateOptionsResult Validate(string? name, UpstreamOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        var section = $"{UpstreamOptions.Section}:{name}";
        foreach (var failure in Annotations.Check(section, options))
        {
            result.AddError(failure);
        }

        if (!IsAddress(options.Url))
        {
            result.AddError(WrongUrl(section));
        }

        return result.Build();
    }

    /// <summary>Checks the address if there is one: without any, the embedded voice is used.</summary>
    public static IEnumerable<string> CheckUrl(string section, UpstreamOptions options)
        => options.Url.Length == 0 || IsAddress(options.Url) ? [] : [WrongUrl(section)];

    private static bool IsAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme is "ws" or "wss");

    private static string WrongUrl(string section)
        => $"{section}:{nameof(UpstreamOptions.Url)} must be a WebSocket address, such as wss://api.cartesia.ai/tts/websocket.";
}
