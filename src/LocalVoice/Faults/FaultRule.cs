using System.Net.WebSockets;
using System.Text.Json.Serialization;

namespace TtsGrains.LocalVoice.Faults;

/// <summary>What goes wrong. Zero is never a valid value.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FaultKind>))]
internal enum FaultKind : byte
{
    None = 0,

    /// <summary>The handshake is answered with an HTTP status.</summary>
    [JsonStringEnumMemberName("refuse")]
    Refuse = 1,

    /// <summary>The connection ends without a close frame.</summary>
    [JsonStringEnumMemberName("drop")]
    Drop = 2,

    /// <summary>The connection is reset.</summary>
    [JsonStringEnumMemberName("reset")]
    Reset = 3,

    /// <summary>The socket is closed with a code and a reason.</summary>
    [JsonStringEnumMemberName("close")]
    Close = 4,

    /// <summary>Nothing is sent any more, for a time or without end.</summary>
    [JsonStringEnumMemberName("stall")]
    Stall = 5,

    /// <summary>Every frame comes later than the one before by at least so much.</summary>
    [JsonStringEnumMemberName("slow")]
    Slow = 6,

    /// <summary>The context ends with an error event.</summary>
    [JsonStringEnumMemberName("error")]
    Error = 7,

    /// <summary>A text frame that is no JSON.</summary>
    [JsonStringEnumMemberName("garbage")]
    Garbage = 8,

    /// <summary>A binary frame.</summary>
    [JsonStringEnumMemberName("binary")]
    Binary = 9,

    /// <summary>Audio and an end for an unknown context, and for the one that ended last.</summary>
    [JsonStringEnumMemberName("stale")]
    Stale = 10,

    /// <summary>The end comes twice.</summary>
    [JsonStringEnumMemberName("duplicate_done")]
    DuplicateDone = 11,

    /// <summary>From now on the frames of the context are written in ways that differ from the protocol, without losing anything.</summary>
    [JsonStringEnumMemberName("sloppy")]
    Sloppy = 12,

    /// <summary>A chunk whose audio is not base64.</summary>
    [JsonStringEnumMemberName("bad_audio")]
    BadAudio = 13,

    /// <summary>A <c>done</c> before the context is over.</summary>
    [JsonStringEnumMemberName("early_done")]
    EarlyDone = 14,
}

/// <summary>How base64 is written. Zero is never a valid value.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Base64Form>))]
internal enum Base64Form : byte
{
    None = 0,

    [JsonStringEnumMemberName("unpadded")]
    Unpadded = 1,

    [JsonStringEnumMemberName("url")]
    Url = 2,

    [JsonStringEnumMemberName("url_unpadded")]
    UrlUnpadded = 3,

    [JsonStringEnumMemberName("lines")]
    Lines = 4,
}

/// <summary>How numbers are written. Zero is as numbers.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NumberForm>))]
internal enum NumberForm : byte
{
    None = 0,

    [JsonStringEnumMemberName("string")]
    String = 1,
}

/// <summary>How errors are written. Zero is as strings.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ErrorForm>))]
internal enum ErrorForm : byte
{
    None = 0,

    [JsonStringEnumMemberName("object")]
    Object = 1,
}

/// <summary>Where frames without audio come. Zero is in their place.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FrameOrder>))]
internal enum FrameOrder : byte
{
    None = 0,

    /// <summary>Word times and <c>flush_done</c> overtake the last chunk before them.</summary>
    [JsonStringEnumMemberName("early")]
    Early = 1,

    /// <summary>Word times, <c>flush_done</c> and <c>done</c> come twice.</summary>
    [JsonStringEnumMemberName("twice")]
    Twice = 2,
}

/// <summary>One fault: what, where, when and how often. What is not said does not matter.</summary>
internal sealed record FaultRule
{
    public FaultKind Fault { get; init; }

    /// <summary>Only on this socket; the server counts its handshakes from 1.</summary>
    public int? Socket { get; init; }

    /// <summary>Only for this context; the server counts those that were opened from 1.</summary>
    public int? Context { get; init; }

    /// <summary>Only for contexts whose first transcript begins so.</summary>
    public string? Text { get; init; }

    /// <summary>Only for contexts with this model.</summary>
    public string? Model { get; init; }

    /// <summary>The rule applies once this number of frames was sent: of the context when the rule is about contexts, else of the socket.</summary>
    public int? AfterFrames { get; init; }

    /// <summary>The rule applies this many ms after the context, or the socket, was opened.</summary>
    public int? AfterMs { get; init; }

    /// <summary><c>close</c> only: when nothing was sent or received for this many ms.</summary>
    public int? IdleMs { get; init; }

    /// <summary>How often in all; 0 always. Default: 1.</summary>
    public int? Times { get; init; }

    /// <summary><c>refuse</c> and <c>error</c>: the status. Default: 503, and the documented one of <see cref="ErrorCode"/> or 500.</summary>
    public int? Status { get; init; }

    /// <summary><c>error</c>: the machine-readable code.</summary>
    public string? ErrorCode { get; init; }

    /// <summary><c>refuse</c>: seconds of <c>Retry-After</c>.</summary>
    public int? RetryAfter { get; init; }

    /// <summary><c>close</c>: the close code. Default: 1011.</summary>
    public int? Code { get; init; }

    /// <summary><c>close</c>: the reason.</summary>
    public string? Reason { get; init; }

    /// <summary><c>stall</c>: for how many ms; 0 without end. Default: 0.</summary>
    public int ForMs { get; init; }

    /// <summary><c>slow</c>: ms between two frames.</summary>
    public int? DelayMs { get; init; }

    /// <summary><c>sloppy</c>: bytes of audio in each chunk, whatever a sample is.</summary>
    public int? ChunkBytes { get; init; }

    /// <summary><c>sloppy</c>: how the audio is written.</summary>
    public Base64Form? Base64 { get; init; }

    /// <summary><c>sloppy</c>: how numbers are written.</summary>
    public NumberForm Numbers { get; init; }

    /// <summary><c>sloppy</c>: how errors are written.</summary>
    public ErrorForm Errors { get; init; }

    /// <summary><c>sloppy</c>: true if each frame begins with a byte order mark.</summary>
    public bool Bom { get; init; }

    /// <summary><c>sloppy</c>: where frames without audio come.</summary>
    public FrameOrder Order { get; init; }

    /// <summary>How often it has struck.</summary>
    public int Struck { get; init; }

    /// <summary>Whether it has struck as often as it should.</summary>
    [JsonIgnore]
    public bool IsSpent => Times != 0 && Struck >= (Times ?? 1);

    /// <summary>The close code that is sent.</summary>
    [JsonIgnore]
    public WebSocketCloseStatus CloseStatus => (WebSocketCloseStatus)(Code ?? (int)WebSocketCloseStatus.InternalServerError);

    /// <summary>True if it says anything about how frames are written.</summary>
    [JsonIgnore]
    public bool SaysHowFramesAreWritten => ChunkBytes is not null || Base64 is not null || Numbers != NumberForm.None || Errors != ErrorForm.None || Bom || Order != FrameOrder.None;

    /// <summary>Whether it is about contexts rather than sockets.</summary>
    [JsonIgnore]
    public bool IsOfContext => Context is not null || Text is not null || Model is not null
        || Fault is FaultKind.Error or FaultKind.DuplicateDone or FaultKind.Sloppy or FaultKind.BadAudio or FaultKind.EarlyDone;
}

/// <summary>Where a frame is about to be sent.</summary>
/// <param name="Socket">The socket's number.</param>
/// <param name="Context">The context's number.</param>
/// <param name="Text">The context's first transcript.</param>
/// <param name="SocketFrames">Frames sent on the socket before.</param>
/// <param name="ContextFrames">Frames sent of the context before.</param>
/// <param name="SocketAge">Since the socket was opened.</param>
/// <param name="ContextAge">Since the context was opened.</param>
/// <param name="IsDone">Whether it is the context's <c>done</c>.</param>
/// <param name="Model">The context's model.</param>
internal readonly record struct FaultPlace(
    int Socket, int Context, string Text, int SocketFrames, int ContextFrames, TimeSpan SocketAge, TimeSpan ContextAge, bool IsDone, string Model = "");
