using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace TtsGrains.Grains.Storage;

/// <summary>
/// One version of a grain's state on disk: a magic number, the version's ETag, the grain's id, the state, and a digest of all of it. A file holds one version
/// or several, one after the other; the last one counts.
/// </summary>
/// <param name="ETag">Names this version; another one after each write.</param>
/// <param name="Owner">The grain and the state's name: proof that the file is the requested one.</param>
/// <param name="State">The serialized state.</param>
internal sealed record StateFile(Guid ETag, string Owner, ReadOnlyMemory<byte> State)
{
    private const int GuidBytes = 16;
    private const int LengthBytes = sizeof(int);

    private static readonly byte[] Magic = "TTSSTATE2"u8.ToArray();

    private static int HeaderBytes => Magic.Length + GuidBytes + (2 * LengthBytes);

    public byte[] Encode()
    {
        var owner = Encoding.UTF8.GetBytes(Owner);
        var bytes = new byte[HeaderBytes + owner.Length + State.Length + SHA256.HashSizeInBytes];
        var rest = bytes.AsSpan();
        Magic.CopyTo(rest);
        rest = rest[Magic.Length..];
        ETag.TryWriteBytes(rest);
        rest = rest[GuidBytes..];
        BitConverter.TryWriteBytes(rest, owner.Length);
        rest = rest[LengthBytes..];
        BitConverter.TryWriteBytes(rest, State.Length);
        rest = rest[LengthBytes..];
        owner.CopyTo(rest);
        rest = rest[owner.Length..];
        State.Span.CopyTo(rest);
        SHA256.HashData(bytes.AsSpan(..^SHA256.HashSizeInBytes), bytes.AsSpan(^SHA256.HashSizeInBytes..));
        return bytes;
    }

    /// <summary>Reads the last version of a file. What follows it is a version that a crash cut short, which was confirmed to no caller.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="end">Where the last version ends.</param>
    /// <exception cref="InvalidDataException">The file has no whole version.</exception>
    public static StateFile DecodeLast(byte[] bytes, out int end)
    {
        StateFile? last = null;
        end = 0;
        while (TryDecode(bytes.AsMemory(end), out var version, out var length))
        {
            last = version;
            end += length;
        }

        return last ?? throw new InvalidDataException(bytes.AsSpan().StartsWith(Magic) ? "its digest does not match its content" : "it is not a state file");
    }

    private static bool TryDecode(ReadOnlyMemory<byte> file, [NotNullWhen(true)] out StateFile? version, out int length)
    {
        (version, length) = (null, 0);
        var bytes = file.Span;
        if (bytes.Length < HeaderBytes + SHA256.HashSizeInBytes || !bytes.StartsWith(Magic))
        {
            return false;
        }

        var etag = bytes.Slice(Magic.Length, GuidBytes);
        var ownerBytes = BitConverter.ToUInt32(bytes[(HeaderBytes - (2 * LengthBytes))..]);
        var stateBytes = BitConverter.ToUInt32(bytes[(HeaderBytes - LengthBytes)..]);
        var content = (long)HeaderBytes + ownerBytes + stateBytes;
        if (content + SHA256.HashSizeInBytes > bytes.Length
            || !SHA256.HashData(bytes[..(int)content]).AsSpan().SequenceEqual(bytes.Slice((int)content, SHA256.HashSizeInBytes)))
        {
            return false;
        }

        length = (int)content + SHA256.HashSizeInBytes;
        version = new StateFile(
            new Guid(etag), Encoding.UTF8.GetString(bytes.Slice(HeaderBytes, (int)ownerBytes)), file.Slice(HeaderBytes + (int)ownerBytes, (int)stateBytes));
        return true;
    }
}
