using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace TtsGrains.Archive.Usage;

/// <summary>
/// The place of one count in a file: sent, pushed, ordinal, length of the JSON behind (0 while it is free), upstream, JSON. Each number is written at once, so a
/// kill between two writes leaves both as they were.
/// </summary>
/// <param name="file">The file.</param>
/// <param name="at">Where it begins.</param>
internal sealed class SentSlot(SentFile file, long at)
{
    /// <summary>Bytes of a slot: a page.</summary>
    public const int Size = 4096;

    private const int PushedAt = 8;
    private const int OrdinalAt = 16;
    private const int LengthAt = 20;
    private const int UpstreamAt = 24;
    private const int MaxUpstream = 63;
    private const int JsonAt = UpstreamAt + 1 + MaxUpstream;

    private string? _upstream;

    /// <summary>Begins the count of a context.</summary>
    /// <returns>False if its ids have no room.</returns>
    public bool TryBegin(SentContext context)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(context, SentJson.Compact.SentContext);
        if (json.Length > Size - JsonAt)
        {
            return false;
        }

        _upstream = null;
        file.Write(at, 0L);
        file.Write(at + PushedAt, 0L);
        file.Write(at + OrdinalAt, -1);
        file.Write(at + UpstreamAt, [0]);
        file.Write(at + JsonAt, json);

        // Last: from now on there is a count.
        file.Write(at + LengthAt, json.Length);
        return true;
    }

    public void Write(in SentNumbers numbers)
    {
        file.Write(at, numbers.Sent);
        file.Write(at + PushedAt, numbers.Pushed);
        file.Write(at + OrdinalAt, numbers.Ordinal);
        if (!ReferenceEquals(numbers.Upstream, _upstream) && numbers.Upstream is { } upstream)
        {
            _upstream = upstream;
            var name = Encoding.UTF8.GetBytes(upstream);
            file.Write(at + UpstreamAt, [(byte)Math.Min(name.Length, MaxUpstream), .. name.Take(MaxUpstream)]);
        }
    }

    /// <summary>Ends the count, and gives the slot back.</summary>
    public void Free()
    {
        file.Write(at + LengthAt, 0);
        file.Return(this);
    }

    /// <summary>Reads a slot that was left behind.</summary>
    /// <returns>Null if it is free, or not whole.</returns>
    public static (SentContext Context, SentNumbers Numbers)? Read(ReadOnlySpan<byte> slot)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(slot[LengthAt..]);
        if (length is <= 0 or > Size - JsonAt)
        {
            return null;
        }

        try
        {
            var upstream = Math.Min(slot[UpstreamAt], (byte)MaxUpstream);
            return JsonSerializer.Deserialize(slot.Slice(JsonAt, length), SentJson.Compact.SentContext) is not { } context ? null : (context, new SentNumbers(
                BinaryPrimitives.ReadInt64LittleEndian(slot),
                BinaryPrimitives.ReadInt64LittleEndian(slot[PushedAt..]),
                BinaryPrimitives.ReadInt32LittleEndian(slot[OrdinalAt..]),
                upstream == 0 ? null : Encoding.UTF8.GetString(slot.Slice(UpstreamAt + 1, upstream))));
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
