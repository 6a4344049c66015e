using System.ComponentModel.DataAnnotations;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Upstreams;

/// <summary>One TTS provider account that we hold sockets to. Section <c>Upstreams:&lt;name&gt;</c>; there may be several.</summary>
public sealed class UpstreamOptions
{
    public const string Section = "Upstreams";

    /// <summary>The name of the upstream that is always there: the embedded voice unless its address is set.</summary>
    public const string Main = "main";

    /// <summary>The name of the warm-up's upstream; see <see cref="ContextKey.IsWarmUp"/>. No configuration can name it.</summary>
    public const string WarmUp = ":warm-up";

    /// <summary>The WebSocket endpoint, <c>ws://</c> or <c>wss://</c> with its path. Empty means the embedded voice, for <see cref="Main"/> only.</summary>
    public string Url { get; set; } = "";

    /// <summary>The provider's key, sent as a bearer token; empty sends none.</summary>
    public string ApiKey { get; set; } = "";

    /// <summary>The API version spoken to the provider. Default: 2026-03-01.</summary>
    [RegularExpression(@"\d{4}-\d{2}-\d{2}")]
    public string Version { get; set; } = "2026-03-01";

    /// <summary>
    /// How it gets the pronunciation dictionary of a context: <c>Copy</c> keeps a copy there by Cartesia's HTTP API, <c>Inline</c> sends the entries, for
    /// LocalVoice. Default: <c>Copy</c>; of the embedded voice <c>Inline</c>.
    /// </summary>
    [AllowedValues(PronunciationMode.Copy, PronunciationMode.Inline)]
    public PronunciationMode Pronunciations { get; set; } = PronunciationMode.Copy;

    /// <summary>Contexts go to the upstream with the lowest number that can take them; equal ones by name. Default: 100.</summary>
    public int Priority { get; set; } = 100;

    /// <summary>Whether tenants may use it that do not name it in <c>Tenants:&lt;id&gt;:Upstreams</c>. Default: true.</summary>
    public bool Shared { get; set; } = true;

    /// <summary>How many contexts it may have at once, over all silos and sockets; 0 for no limit. All silos are to be told the same. Default: 0.</summary>
    [Range(0, 1_000_000)]
    public int MaxContexts { get; set; }

    /// <summary>How many contexts one socket carries at once. Default: 32.</summary>
    [Range(1, 1000)]
    public int MaxContextsPerSocket { get; set; } = 32;

    /// <summary>
    /// How long a context waits for a place at an upstream that works but is full, before it ends with an error. Default: 2 seconds. For upstreams
    /// that do not work see <c>Contexts:RecoveryTimeout</c>.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan QueueDeadline { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a dial may take. Default: 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long an upstream context may take to its first audio, on top of the buffer delay that the client asked for. After that it counts as
    /// lost. Default: 5 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:05:00")]
    public TimeSpan FirstAudioTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long an upstream context may be without audio when it has more to say. After that it counts as lost. Longer than the longest chunk of
    /// an upstream that speaks no faster than it plays. Default: 1.5 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:05:00")]
    public TimeSpan ProgressTimeout { get; set; } = TimeSpan.FromSeconds(1.5);

    /// <summary>
    /// A socket that carried nothing for so long is replaced: Cartesia closes sockets after five idle minutes. Default: 3.5 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:04:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(3.5);

    /// <summary>From where speech continues when the upstream was lost in the middle of a segment: <c>word</c> or <c>sample</c>. Default: word.</summary>
    [AllowedValues(ResumeMode.Word, ResumeMode.Sample)]
    public ResumeMode Resume { get; set; } = ResumeMode.Word;

    /// <summary>
    /// After how many failed requests, and none with audio between, the upstream gets no new contexts for a while. Only failures of different sessions
    /// and texts count. Default: 5.
    /// </summary>
    [Range(1, 1000)]
    public int BreakAfter { get; set; } = 5;

    /// <summary>How long a cancelled context keeps its slot while the upstream does not say that it is finished. Default: 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan CancelDrainTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
