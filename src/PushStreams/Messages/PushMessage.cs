using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace TtsGrains.PushStreams.Messages;

/// <summary>
/// What one call of a publisher put on a stream. As long as it stays in the process it carries the events themselves, a copy of the publisher's; for
/// the way to another process they are packed once, and unpacked only where a consumer wants them.
/// </summary>
[GenerateSerializer, Immutable, Alias("TtsGrains.PushStreams.PushMessage")]
[SerializationCallbacks(typeof(OnDeserializedCallbacks))]
internal sealed class PushMessage : IOnDeserialized
{
    [Id(0)]
    private readonly StreamId _streamId;

    [Id(1)]
    private readonly Array? _live;

    [Id(2)]
    private readonly byte[]? _packed;

    [Id(3)]
    private readonly Dictionary<string, object>? _requestContext;

    [NonSerialized]
    private Serializer? _serializer;

    [NonSerialized]
    private Array? _unpacked;

    private PushMessage(StreamId streamId, Array? live, byte[]? packed, Dictionary<string, object>? requestContext)
    {
        _streamId = streamId;
        _live = live;
        _packed = packed;
        _requestContext = requestContext;
    }

    public StreamId StreamId => _streamId;

    /// <summary>What the publisher's calls carried along; null for nothing.</summary>
    public Dictionary<string, object>? RequestContext => _requestContext;

    /// <summary>The events in an array of the publisher's type.</summary>
    public Array Events => _live ?? (_unpacked ??= (Array)_serializer!.Deserialize<object>(_packed!)!);

    /// <summary>A message that stays here.</summary>
    /// <param name="streamId">The stream.</param>
    /// <param name="events">The events; the caller must not keep this array.</param>
    /// <param name="requestContext">What the publisher's calls carry along.</param>
    public static PushMessage Live(StreamId streamId, Array events, Dictionary<string, object>? requestContext)
        => new(streamId, events, null, requestContext);

    /// <summary>A message that goes to another process.</summary>
    /// <param name="streamId">The stream.</param>
    /// <param name="events">The events.</param>
    /// <param name="requestContext">What the publisher's calls carry along.</param>
    /// <param name="serializer">Packs the events.</param>
    public static PushMessage Packed(StreamId streamId, Array events, Dictionary<string, object>? requestContext, Serializer serializer)
        => new(streamId, null, serializer.SerializeToArray<object>(events), requestContext) { _serializer = serializer };

    void IOnDeserialized.OnDeserialized(DeserializationContext context) => _serializer = context.ServiceProvider.GetRequiredService<Serializer>();
}

/// <summary>A message with the number under which it left its queue.</summary>
/// <param name="Number">Greater than that of every message which left the queue before.</param>
/// <param name="Message">The message.</param>
[GenerateSerializer, Immutable, Alias("TtsGrains.PushStreams.NumberedMessage")]
internal readonly record struct NumberedMessage([property: Id(0)] long Number, [property: Id(1)] PushMessage Message);
