using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TtsGrains.LocalVoice.Faults;

/// <summary>The faults of one server, and how often each has struck. Thread-safe.</summary>
internal sealed class FaultScript
{
    private readonly Lock _gate = new();
    private FaultRule[] _rules = [];
    private int _sockets;
    private int _contexts;
    private bool _isEmpty = true;

    /// <summary>True if there are no rules.</summary>
    public bool IsEmpty => Volatile.Read(ref _isEmpty);

    /// <summary>The number of the next socket.</summary>
    public int NextSocket() => Interlocked.Increment(ref _sockets);

    /// <summary>The number of the next context.</summary>
    public int NextContext() => Interlocked.Increment(ref _contexts);

    /// <summary>Replaces all rules. Sockets and contexts are counted from 1 again.</summary>
    /// <param name="json">An array of rules.</param>
    /// <exception cref="FormatException">Says which rule is wrong, and why.</exception>
    public void Load(string json)
    {
        var rules = Parse(json);
        lock (_gate)
        {
            (_rules, _sockets, _contexts) = (rules, 0, 0);
            Volatile.Write(ref _isEmpty, rules.Length == 0);
        }
    }

    /// <summary>The rules with how often they have struck.</summary>
    public byte[] ToJson()
    {
        lock (_gate)
        {
            return JsonSerializer.SerializeToUtf8Bytes(_rules, FaultJson.Default.FaultRuleArray);
        }
    }

    /// <summary>The rule that refuses a handshake; null when it is to be let in.</summary>
    public FaultRule? Refuse(int socket) => StrikeFirst(rule => rule.Fault == FaultKind.Refuse && (rule.Socket ?? socket) == socket);

    /// <summary>The rules that strike before a frame, each at most once.</summary>
    public IReadOnlyList<FaultRule> Strike(in FaultPlace place)
    {
        if (IsEmpty)
        {
            return [];
        }

        List<FaultRule> struck = [];
        lock (_gate)
        {
            for (var i = 0; i < _rules.Length; i++)
            {
                if (Strikes(_rules[i], place))
                {
                    struck.Add(_rules[i] = _rules[i] with { Struck = _rules[i].Struck + 1 });
                }
            }
        }

        return struck;
    }

    /// <summary>How long a socket may be idle before it is closed; null without a limit.</summary>
    public TimeSpan? FindIdle(int socket)
    {
        lock (_gate)
        {
            return _rules.FirstOrDefault(rule => IsIdleClose(rule, socket)) is { IdleMs: { } milliseconds } ? TimeSpan.FromMilliseconds(milliseconds) : null;
        }
    }

    /// <summary>The rule that closes an idle socket.</summary>
    public FaultRule? StrikeIdle(int socket) => StrikeFirst(rule => IsIdleClose(rule, socket));

    private static bool Strikes(FaultRule rule, in FaultPlace place)
    {
        if (rule.IsSpent || rule.Fault == FaultKind.Refuse || rule.IdleMs is not null || (rule.Fault == FaultKind.DuplicateDone && !place.IsDone))
        {
            return false;
        }

        var (frames, age) = rule.IsOfContext ? (place.ContextFrames, place.ContextAge) : (place.SocketFrames, place.SocketAge);
        return (rule.Socket ?? place.Socket) == place.Socket
            && (rule.Context ?? place.Context) == place.Context
            && (rule.Model ?? place.Model) == place.Model
            && place.Text.StartsWith(rule.Text ?? "", StringComparison.Ordinal)
            && frames >= (rule.AfterFrames ?? 0)
            && age >= TimeSpan.FromMilliseconds(rule.AfterMs ?? 0);
    }

    private static bool IsIdleClose(FaultRule rule, int socket) => rule is { IdleMs: not null, IsSpent: false } && (rule.Socket ?? socket) == socket;

    private FaultRule? StrikeFirst(Predicate<FaultRule> matches)
    {
        lock (_gate)
        {
            var index = Array.FindIndex(_rules, rule => !rule.IsSpent && matches(rule));
            return index < 0 ? null : _rules[index] = _rules[index] with { Struck = _rules[index].Struck + 1 };
        }
    }

    private static FaultRule[] Parse(string json)
    {
        FaultRule?[]? rules;
        try
        {
            rules = JsonSerializer.Deserialize(json, FaultJson.Default.FaultRuleArray);
        }
        catch (JsonException e)
        {
            throw new FormatException($"The fault script is not an array of rules: {e.Message}", e);
        }

        for (var i = 0; i < (rules?.Length ?? 0); i++)
        {
            if (FindWrong(rules![i]) is { } wrong)
            {
                throw new FormatException($"Rule {i + 1} of the fault script: {wrong}.");
            }
        }

        return rules?.Select(rule => rule! with { Struck = 0 }).ToArray() ?? throw new FormatException("The fault script is null.");
    }

    private static string? FindWrong(FaultRule? rule) => rule switch
    {
        null or { Fault: FaultKind.None } => "fault is required",
        { Times: < 0 } or { AfterFrames: < 0 } or { AfterMs: < 0 } or { ForMs: < 0 } => "times, after_frames, after_ms and for_ms must be 0 or more",
        { IdleMs: <= 0 } => "idle_ms must be more than 0",
        { IdleMs: not null, Fault: not FaultKind.Close } => "idle_ms is for close only",
        { IdleMs: not null, IsOfContext: true } => "idle_ms is about sockets; context, text and model have no place there",
        { Fault: FaultKind.Refuse, IsOfContext: true } => "refuse is about handshakes; context, text and model have no place there",
        { Fault: FaultKind.Refuse, Status: < 400 or > 599 } or { Fault: FaultKind.Error, Status: < 400 or > 599 } => "status must be from 400 to 599",
        { ChunkBytes: <= 0 or > 8 * 1024 * 1024 } => "chunk_bytes must be from 1 to 8388608",
        { Fault: not FaultKind.Sloppy } when rule.SaysHowFramesAreWritten => "chunk_bytes, base64, numbers, errors, bom and order are for sloppy only",
        { Fault: FaultKind.Sloppy } when !rule.SaysHowFramesAreWritten => "sloppy needs one of chunk_bytes, base64, numbers, errors, bom and order",
        { Fault: FaultKind.Slow, DelayMs: null or <= 0 } => "slow needs delay_ms, more than 0",
        { Fault: FaultKind.Close } when !Enum.IsDefined(rule.CloseStatus) || rule.CloseStatus == WebSocketCloseStatus.Empty => "code is not a close code that may be sent",
        _ => null,
    };
}

[JsonSerializable(typeof(FaultRule[]))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true)]
internal sealed partial class FaultJson : JsonSerializerContext;
