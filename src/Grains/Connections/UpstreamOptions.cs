using System.ComponentModel.DataAnnotations;
using TtsGrains.Grains.Contexts;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Connections;

/// <summary>One TTS provider account that we hold sockets to. Section <c>Upstreams:&lt;name&gt;</c>; the default one is <see cref="Main"/>.</summary>
public sealed class UpstreamOptions
{
    public const string Section = "Upstreams";

    /// <summary>The name of the upstream that contexts use.</summary>
    public const string Main = "main";

    /// <summary>The name of the upstream that speaks at start for nobody; see <see cref="ContextKey.IsWarmUp"/>. No configuration can name it.</summary>
    public const string WarmUp = ":warm-up";

    /// <summary>The WebSocket endpoint, <c>ws://</c> or <c>wss://</c> with its path. Empty means the embedded voice.</summary>
    public string Url { get; set; } = "";

    /// <summary>The provider's key, sent as a bearer token; empty sends none.</summary>
    public string ApiKey { get; set; } = "";

    /// <summary>The API version spoken to the provider. Default: 2026-03-01.</summary>
    [RegularExpression(@"\d{4}-\d{2}-\d{2}")]
    public string Version { get; set; } = "2026-03-01";

    /// <summary>How many contexts one socket carries at once. Default: 32.</summary>
    [Range(1, 1000)]
    public int MaxContextsPerSocket { get; set; } = 32;

    /// <summary>How long a dial may take. Default: 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// A socket that carried nothing for so long is replaced: Cartesia closes sockets after five idle minutes. Default: 3.5 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:04:00")]
    public TimeSpan IdleRecycle { get; set; } = TimeSpan.FromMinutes(3.5);

    /// <summary>From where speech goes on when the upstream was lost in the middle of a segment: <c>word</c> or <c>sample</c>. Default: word.</summary>
    [AllowedValues(ResumeMode.Word, ResumeMode.Sample)]
    public ResumeMode Resume { get; set; } = ResumeMode.Word;

    /// <summary>How long a cancelled context keeps its slot while the upstream does not say that it is finished. Default: 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan CancelDrain { get; set; } = TimeSpan.FromSeconds(10);
}
