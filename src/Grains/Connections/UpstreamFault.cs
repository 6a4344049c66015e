using System.Globalization;
using TtsGrains.Grains.Interfaces.Connections;
using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Grains.Connections;

/// <summary>Says what is wrong with an upstream, and which setting is to blame when one is.</summary>
internal static class UpstreamFault
{
    /// <summary>In words for logs and health; null when nothing is wrong.</summary>
    public static string? Explain(string upstream, DialOutcome? outcome)
    {
        var setting = $"{UpstreamOptions.Section}:{upstream}:";
        return outcome switch
        {
            null or { Result: DialResult.Connected } => null,
            { Result: DialResult.Unauthorized } failed
                => Text(failed, $"{setting}{nameof(UpstreamOptions.ApiKey)} is missing or not valid"),
            { Result: DialResult.Refused } failed
                => Text(failed, $"{setting}{nameof(UpstreamOptions.Url)} is not the address of its WebSocket, or the account is closed"),
            { Result: DialResult.Limited } failed => Text(failed, "it has too many sockets"),
            { Result: DialResult.Failing } failed => Text(failed, "it is overloaded or broken"),
            _ => $"it does not answer at {setting}{nameof(UpstreamOptions.Url)}",
        };
    }

    private static string Text(DialOutcome outcome, string meaning)
        => string.Create(CultureInfo.InvariantCulture, $"HTTP status {outcome.HttpStatus}: {meaning}");
}
