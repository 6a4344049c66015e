using Orleans.Providers.Streams.Common;
using Orleans.Streams;

namespace TtsGrains.PushStreams.Messages;

/// <summary>Messages of one stream, one after the other: what a consumer is given in one call.</summary>
[GenerateSerializer, Immutable, Alias("TtsGrains.PushStreams.PushBatch")]
internal sealed class PushBatch : IBatchContainer
{
    [Id(0)]
    private readonly NumberedMessage[] _messages;

    public PushBatch(params NumberedMessage[] messages) => _messages = messages;

    public StreamId StreamId => _messages[0].Message.StreamId;

    public StreamSequenceToken SequenceToken => new EventSequenceTokenV2(_messages[0].Number);

    /// <summary>The messages.</summary>
    public ReadOnlySpan<NumberedMessage> Messages => _messages;

    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>()
    {
        foreach (var (number, message) in _messages)
        {
            var index = 0;
            foreach (var item in message.Events as T[] ?? message.Events.Cast<T>())
            {
                yield return Tuple.Create<T, StreamSequenceToken>(item, new EventSequenceTokenV2(number, index++));
            }
        }
    }

    public bool ImportRequestContext()
    {
        if (_messages[0].Message.RequestContext is not { } context)
        {
            return false;
        }

        RequestContextExtensions.Import(context);
        return true;
    }
}
