using System.Security.Cryptography;
using System.Text;

namespace TtsGrains.Grains.Storage;

/// <summary>The bytes of one grain state on disk: a magic number, the version's ETag, the grain's id, the state, and a digest of all of it.</summary>
/// <param name="ETag">Names this version; another one after each write.</param>
/// <param name="Owner">The grain and the state's name: proof that the file is the requested one.</param>
/// <param name="State">The serialized state.</param>
internal sealed record StateFile(Guid ETag, string Owner, ReadOnlyMemory<byte> State)
{
    private const int GuidBytes = 16;
    private const int LengthBytes = sizeof(int);

    private static readonly byte[] Magic = "TTSSTATE1"u8.ToArray();

    public byte[] Encode()
    {
        var owner = Encoding.UTF8.GetBytes(Owner);
        var bytes = new byte[Magic.Length + GuidBytes + LengthBytes + owner.Length + State.Length + SHA256.HashSizeInBytes];
        var rest = bytes.AsSpan();
        Magic.CopyTo(rest);
        rest = rest[Magic.Length..];
        ETag.TryWriteBytes(rest);
        rest = rest[GuidBytes..];
        BitConverter.TryWriteBytes(rest, owner.Length);
        rest = rest[LengthBytes..];
        owner.CopyTo(rest);
        rest = rest[owner.Length..];
        State.Span.CopyTo(rest);
        SHA256.HashData(bytes.AsSpan(..^SHA256.HashSizeInBytes), bytes.AsSpan(^SHA256.HashSizeInBytes..));
        return bytes;
    }

    /// <summary>Reads a file's bytes.</summary>
    /// <exception cref="InvalidDataException">They are not those of a whole state file.</exception>
    public static StateFile Decode(byte[] bytes)
    {
        var header = Magic.Length + GuidBytes + LengthBytes;
        if (bytes.Length < header + SHA256.HashSizeInBytes || !bytes.AsSpan().StartsWith(Magic))
        {
            throw new InvalidDataException("it is not a state file");
        }

        var content = bytes.AsSpan(..^SHA256.HashSizeInBytes);
        if (!SHA256.HashData(content).AsSpan().SequenceEqual(bytes.AsSpan(^SHA256.HashSizeInBytes..)))
        {
            throw new InvalidDataException("its digest does not match its content");
        }

        var etag = new Guid(content.Slice(Magic.Length, GuidBytes));
        var ownerLength = BitConverter.ToInt32(content[(header - LengthBytes)..]);
        return new StateFile(etag, Encoding.UTF8.GetString(content.Slice(header, ownerLength)), bytes.AsMemory(header + ownerLength, content.Length - header - ownerLength));
    }
}
