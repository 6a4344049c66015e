using System.ComponentModel.DataAnnotations;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Tts;

/// <summary>Limits of a client's socket; those of a message hold for HTTP too.</summary>
internal sealed class SocketOptions
{
    public const string Section = "Socket";

    /// <summary>The most bytes of one message. Default: 1 MiB.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxMessageBytes { get; set; } = 1024 * 1024;

    /// <summary>The most characters of one transcript. Default: 10,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxTranscriptCharacters { get; set; } = 10_000;

    /// <summary>The most contexts open at once on one socket. Default: 256.</summary>
    [Range(1, 100_000)]
    public int MaxContexts { get; set; } = 256;

    /// <summary>The most sockets that one tenant may have open at once on one host. Default: 10,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxSocketsPerTenant { get; set; } = 10_000;

    /// <summary>
    /// How long a socket without a context may carry nothing before it is closed. Cartesia closes after 5 minutes, which costs clients their next
    /// turn. Default: 30 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// The most bytes of frames, audio and error answers together, that may wait for a client that does not read. Past it the socket is given up; its contexts live on for their
    /// linger. Over HTTP the connection is aborted, and its context cancelled. Default: 64 MiB.
    /// </summary>
    [Range(64 * 1024, long.MaxValue)]
    public long MaxUnsentBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>
    /// How long a host that stops lets open contexts go on. New ones are refused from the start; what is still open then ends with an error, or, when
    /// the client may resume it at another host of the cluster, is left to that. Default: 10 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The models to accept; a trailing <c>*</c> stands for any ending. Default: all of Cartesia's Sonic family, past and future; the upstream decides which
    /// of them it still has.
    /// </summary>
    public IList<string> Models { get; init; } = [];

    /// <summary>
    /// Models to refuse with <c>model_sunsetted</c> before the upstream is asked; a trailing <c>*</c> stands for any ending. Default: none.
    /// </summary>
    public IList<string> SunsetModels { get; init; } = [];

    /// <summary>A model that is accepted.</summary>
    public string AnyModel => Models.FirstOrDefault(name => Check(name.TrimEnd('*')) is null)?.TrimEnd('*') ?? "sonic-latest";

    /// <summary>Returns null if a model is accepted, else the error.</summary>
    public ProtocolError? Check(string model)
        => SunsetModels.Any(name => Matches(name, model)) ? ErrorCatalogue.ModelSunsetted(model)
            : IsKnown(model) ? null
            : ErrorCatalogue.UnknownModel(model);

    /// <summary>Whether a model is one of <see cref="Models"/>.</summary>
    public bool IsKnown(string model)
    {
        IList<string> known = Models.Count > 0 ? Models : ["sonic", "sonic-*"];
        return known.Any(name => Matches(name, model));
    }

    private static bool Matches(string pattern, string model)
        => pattern.EndsWith('*') ? model.StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal) : model == pattern;
}
