using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace TtsGrains.Protocol.Tests;

/// <summary>Messages that were damaged in a few places, as a generator of hostile input close to valid input.</summary>
internal static class Mutations
{
    // Pieces that mean something to a JSON parser, so that damage reaches further than the first quote.
    public static readonly byte[][] Pieces =
    [
        .. ((string[])
        [
            "\"", "\\", "{", "}", "[", "]", ":", ",", "null", "true", "-", "1e999", "\\u", "\\ud800", "\\udc00", "\\u0000", "\"\"", " ", "\n", "/**/",
            "\"\\ud800\":1,", "\"\\ud800ontext_id\":1,", "\"id\":", "[[[[[[[[",
        ]).Select(Encoding.UTF8.GetBytes),
        [0x00], [0x80], [0xC3], [0xFF], [0xED, 0xA0, 0x80], [0xEF, 0xBB, 0xBF],
    ];

    public static Arbitrary<byte[]> Of(params string[] messages)
    {
        var damage =
            from at in Gen.Choose(0, 10_000)
            from cut in Gen.Choose(0, 3)
            from piece in Gen.Elements(Pieces)
            select (At: at, Cut: cut, Piece: piece);
        var damaged =
            from message in Gen.Elements(messages)
            from count in Gen.Choose(1, 4)
            from damages in damage.ArrayOf(count)
            select damages.Aggregate(Encoding.UTF8.GetBytes(message), (utf8, one) =>
            {
                var at = one.At % (utf8.Length + 1);
                return [.. utf8[..at], .. one.Piece, .. utf8[Math.Min(utf8.Length, at + one.Cut)..]];
            });
        return damaged.ToArbitrary();
    }

    /// <summary>Runs a property over more cases than the default, since each costs microseconds.</summary>
    public static void Hold(Property property) => Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), property);
}
