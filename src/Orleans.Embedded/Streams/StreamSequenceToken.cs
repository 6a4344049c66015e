namespace Orleans.Streams;

/// <summary>An event's place in its stream.</summary>
public abstract class StreamSequenceToken : IEquatable<StreamSequenceToken?>, IComparable<StreamSequenceToken?>
{
    public abstract long SequenceNumber { get; protected set; }

    public abstract int EventIndex { get; protected set; }

    public abstract bool Equals(StreamSequenceToken? other);

    public abstract int CompareTo(StreamSequenceToken? other);
}

internal sealed class EventNumber : StreamSequenceToken
{
    public EventNumber(long sequenceNumber) => SequenceNumber = sequenceNumber;

    public override long SequenceNumber { get; protected set; }

    public override int EventIndex { get; protected set; }

    public override bool Equals(StreamSequenceToken? other) => other is EventNumber && CompareTo(other) == 0;

    public override bool Equals(object? obj) => Equals(obj as StreamSequenceToken);

    public override int GetHashCode() => SequenceNumber.GetHashCode();

    public override int CompareTo(StreamSequenceToken? other) => SequenceNumber.CompareTo(other?.SequenceNumber ?? long.MinValue);

    public override string ToString() => $"#{SequenceNumber}";
}
