using System.Buffers.Binary;
using System.Text;

namespace TtsGrains.Cluster.Tests.Telemetry;

/// <summary>The fields of one message of Protocol Buffers, as they lie in its bytes: enough to read OTLP without its generated classes.</summary>
internal sealed class ProtoFields
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Bytes = 2;
    private const int Fixed32 = 5;

    private readonly List<(int Number, ulong Value, ReadOnlyMemory<byte> Content)> _fields = [];

    /// <summary>Reads a message.</summary>
    public ProtoFields(ReadOnlyMemory<byte> message)
    {
        while (message.Length > 0)
        {
            var tag = ReadVarint(ref message);
            var (value, content) = (tag & 7) switch
            {
                Varint => (ReadVarint(ref message), default(ReadOnlyMemory<byte>)),
                Fixed64 => (BinaryPrimitives.ReadUInt64LittleEndian(Take(ref message, sizeof(ulong)).Span), default),
                Bytes => (0UL, Take(ref message, (int)ReadVarint(ref message))),
                Fixed32 => (BinaryPrimitives.ReadUInt32LittleEndian(Take(ref message, sizeof(uint)).Span), default),
                var type => throw new FormatException($"Wire type {type} is unknown."),
            };
            _fields.Add(((int)(tag >> 3), value, content));
        }
    }

    /// <summary>Returns the bytes of a field; empty if it is absent.</summary>
    public ReadOnlyMemory<byte> BytesOf(int number) => _fields.Find(field => field.Number == number).Content;

    /// <summary>Returns the text of a field; empty if it is absent.</summary>
    public string TextOf(int number) => Encoding.UTF8.GetString(BytesOf(number).Span);

    /// <summary>Returns the number of a field; 0 if it is absent.</summary>
    public ulong NumberOf(int number) => _fields.Find(field => field.Number == number).Value;

    /// <summary>True if the message has the field.</summary>
    public bool Has(int number) => _fields.Exists(field => field.Number == number);

    /// <summary>Lists the messages of a repeated field.</summary>
    public IEnumerable<ProtoFields> MessagesOf(int number) => _fields.Where(field => field.Number == number).Select(field => new ProtoFields(field.Content));

    private static ulong ReadVarint(ref ReadOnlyMemory<byte> message)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = Take(ref message, 1).Span[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> message, int length)
    {
        var taken = message[..length];
        message = message[length..];
        return taken;
    }
}
