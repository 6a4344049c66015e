using System.Buffers;

namespace TtsGrains.Protocol.Requests;

/// <summary>
/// Finds the context id in a message that is not valid JSON, so that the error reaches its context: SDKs wait indefinitely for an error without one.
/// Used only after <see cref="ClientMessageParser"/> has failed, or for the part of a message beyond the size limit. Takes the message in parts of
/// any size and holds a few KiB of it.
/// </summary>
/// <remarks>
/// The search does not rely on the structure of the message: an unescaped quote in a text turns every string behind it inside out. It looks for
/// the member's name and reads the value next to it. Among several matches, the one whose nesting is closest to a top-level member wins, then the
/// last.
/// </remarks>
public sealed class DamagedMessage
{
    // Longer than any valid name and value with escapes, so that a member that spans two parts is found.
    private const int Overlap = 8 * 1024;

    private readonly NestingDepth _depth = new();
    private byte[] _carry = [];
    private int _rank = int.MaxValue;

    /// <summary>The context id; null if none was readable.</summary>
    public string? ContextId { get; private set; }

    /// <summary>True if the message has <c>"continue": true</c>.</summary>
    public bool Continue { get; private set; }

    /// <summary>Reads a whole message.</summary>
    public static DamagedMessage Read(ReadOnlySpan<byte> bytes)
    {
        var message = new DamagedMessage();
        message.Append(bytes, isLast: true);
        if (message.ContextId is null && MessageText.TryReadUtf16(bytes, out var utf8))
        {
            message = new DamagedMessage();
            message.Append(utf8, isLast: true);
        }

        return message;
    }

    /// <summary>Reads the next part of a message.</summary>
    public void Append(ReadOnlySpan<byte> part) => Append(part, isLast: false);

    private void Append(ReadOnlySpan<byte> part, bool isLast)
    {
        byte[]? rented = null;
        var window = part;
        if (_carry.Length > 0)
        {
            rented = ArrayPool<byte>.Shared.Rent(_carry.Length + part.Length);
            _carry.CopyTo(rented, 0);
            part.CopyTo(rented.AsSpan(_carry.Length));
            window = rented.AsSpan(0, _carry.Length + part.Length);
        }

        // Matches in the overlap are read again with the next part, with the same result.
        var before = isLast ? window.Length : Math.Max(0, window.Length - Overlap);
        var read = 0;
        FindContextId(window, before, ref read);
        Continue |= HasContinue(window);
        _depth.Advance(window[read..before]);
        _carry = window[before..].ToArray();
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private void FindContextId(ReadOnlySpan<byte> window, int before, ref int read)
    {
        var name = "context_id"u8;
        var at = 0;
        while (window[at..].IndexOf(name) is >= 0 and var found)
        {
            var start = at + found;
            at = start + name.Length;
            if (!LooseMember.TryReadValue(window, start, name.Length, out var nameStart, out var value) || value.Length == 0)
            {
                continue;
            }

            // The depth counter must not pass the overlap, whose matches are ranked again with the next part.
            var depth = _depth;
            if (nameStart < before)
            {
                _depth.Advance(window[read..nameStart]);
                read = nameStart;
            }
            else
            {
                depth = _depth.Clone();
                depth.Advance(window[read..nameStart]);
            }

            var rank = depth.RankMember();
            if (rank <= _rank)
            {
                (_rank, ContextId) = (rank, value);
            }
        }
    }

    private static bool HasContinue(ReadOnlySpan<byte> window)
    {
        var name = "continue"u8;
        var at = 0;
        while (window[at..].IndexOf(name) is >= 0 and var found)
        {
            var start = at + found;
            at = start + name.Length;
            if (LooseMember.IsTrue(window, start, name.Length))
            {
                return true;
            }
        }

        return false;
    }
}
