using FsCheck;
using FsCheck.Fluent;
using TtsGrains.Archive.Stores;
using Xunit;

namespace TtsGrains.Archive.Tests;

public sealed class ArchiveNamesTests
{
    // Characters that an escape is most likely to get wrong, so that near-collisions are common.
    private static readonly Gen<string> HostileIds =
        Gen.Elements("aAuUF02=~-_./\\% \0\n\u007f\u00e9\u00ff\u0100\ud83d\ude00\ud800".ToCharArray())
            .NonEmptyListOf().Select(characters => new string([.. characters]));

    private static readonly Gen<string> Ids = Gen.OneOf(
        HostileIds,
        HostileIds.Select(id => id.PadRight(ArchiveNames.LongestPart + id.Length, 'x')),
        HostileIds.Select(id => new string('x', ArchiveNames.LongestPart - 1) + id));

    [Fact]
    public void Segment_PlainIds_IsReadable()
        => Assert.Equal("acme/sessions/call-7/0003-greeting/12.wav", ArchiveNames.Segment("acme", "call-7", 3, "greeting", 12));

    [Fact]
    public void Manifest_PlainIds_LiesBesideTheSegments()
        => Assert.Equal("acme/sessions/call-7/0003-greeting/manifest.json", ArchiveNames.Manifest("acme", "call-7", 3, "greeting"));

    [Theory]
    [InlineData("2026-01-09T12:00:00+02:00", "251634347999999")]
    [InlineData("2026-01-08T12:00:00Z", "251634383999999")]
    public void DayMarker_PlainIds_SortsByDayAndBeginningWithinTheDay(string startedAt, string time) => Assert.Equal(
        $"acme/days/2026-01-09/{time}-call-7",
        ArchiveNames.DayMarker("acme", new DateOnly(2026, 1, 9), DateTimeOffset.Parse(startedAt, System.Globalization.CultureInfo.InvariantCulture), "call-7"));

    [Fact]
    public void ListingName_InOrdinalOrder_HasTheNewestFirst()
    {
        var start = new DateTimeOffset(2026, 1, 9, 12, 0, 0, TimeSpan.Zero);
        DateTimeOffset[] newestFirst = [DateTimeOffset.MaxValue, start.AddYears(200), start.AddMilliseconds(1), start, start.AddMilliseconds(-1), DateTimeOffset.UnixEpoch];

        var names = newestFirst.Select(at => ArchiveNames.ListingName(at, day: null, "call")).ToList();

        Assert.Equal(names.Order(StringComparer.Ordinal), names);
    }

    [Theory]
    [InlineData("call", "call", true)]
    [InlineData("a-call", "call", false)]
    [InlineData("call", "a-call", false)]
    [InlineData("../-", "../-", true)]
    public void IsListingOf_OneSession_IsTrueForItsNamesOnly(string named, string session, bool expected)
    {
        var name = ArchiveNames.ListingName(DateTimeOffset.UnixEpoch, day: null, named);

        Assert.Equal(expected, ArchiveNames.IsListingOf(name, session));
        Assert.Equal(named, ArchiveNames.SessionOf(name));
    }

    [Fact]
    public void ContextPrefix_OrdinalAboveFourDigits_StaysWhole()
        => Assert.Equal("t/sessions/s/12345-c/", ArchiveNames.ContextPrefix("t", "s", 12345, "c"));

    [Theory]
    [InlineData("..", "=2E=2E")]
    [InlineData("../../other", "=2E=2E=2F=2E=2E=2Fother")]
    [InlineData("a\\b", "a=5Cb")]
    [InlineData("a\0b\n", "a=00b=0A")]
    [InlineData("Call-A_1", "Call-A_1")]
    [InlineData("=2E", "=3D2E")]
    [InlineData("~", "=7E")]
    [InlineData("\u00e9", "=E9")]
    [InlineData("\u65e5", "=u65E5")]
    public void Escape_HostileId_IsOneHarmlessPart(string id, string expected)
    {
        Assert.Equal(expected, ArchiveNames.Escape(id));
        Assert.Equal(id, ArchiveNames.Unescape(expected));
    }

    // Not in the list above: metadata cannot hold half a surrogate pair.
    [Fact]
    public void Escape_IdThatIsNoUnicode_KeepsItsUnits()
    {
        Assert.Equal("=uD800", ArchiveNames.Escape("\ud800"));
        Assert.Equal("\ud800", ArchiveNames.Unescape("=uD800"));
    }

    [Fact]
    public void Escape_EmptyId_Throws() => Assert.Throws<ArgumentException>(() => ArchiveNames.Escape(""));

    [Fact]
    public void Escape_LongIds_AreShortenedAndStayApart()
    {
        var first = new string('x', 5000) + "1";
        var second = new string('x', 5000) + "2";

        Assert.Equal(ArchiveNames.LongestPart, ArchiveNames.Escape(first).Length);
        Assert.NotEqual(ArchiveNames.Escape(first), ArchiveNames.Escape(second));
        Assert.Null(ArchiveNames.Unescape(ArchiveNames.Escape(first)));
    }

    [Fact]
    public void Escape_IdThatLooksShortened_DoesNotMeetTheShortenedOne()
    {
        var shortened = ArchiveNames.Escape(new string('x', 5000));

        Assert.NotEqual(shortened, ArchiveNames.Escape(shortened));
    }

    [Theory]
    [InlineData("=2e")]
    [InlineData("=u002E")]
    [InlineData("=")]
    [InlineData("=2")]
    [InlineData("=uD8")]
    [InlineData("a.b")]
    [InlineData("")]
    public void Unescape_NotOurs_IsNull(string part) => Assert.Null(ArchiveNames.Unescape(part));

    [Fact]
    public void Escape_AnyTwoIds_GiveTwoNames()
        => Prop.ForAll(Ids.ToArbitrary(), Ids.ToArbitrary(), (a, b) => (a == b) == (ArchiveNames.Escape(a) == ArchiveNames.Escape(b)))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Escape_AnyId_IsBoundedAndSafe()
        => Prop.ForAll(Ids.ToArbitrary(), id =>
            {
                var part = ArchiveNames.Escape(id);
                return part.Length is > 0 and <= ArchiveNames.LongestPart
                    && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '=' or '~')
                    && ArchiveNames.Unescape(part) is var back && (back == id || (back is null && part.Contains('~')));
            })
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Segment_AnyIds_StayInTheirContextSessionAndTenant()
        => Prop.ForAll(Ids.ToArbitrary(), Ids.ToArbitrary(), Ids.ToArbitrary(), (tenant, session, context) =>
            {
                var name = ArchiveNames.Segment(tenant, session, 1, context, 2);
                return name.StartsWith(ArchiveNames.TenantPrefix(tenant), StringComparison.Ordinal)
                    && name.StartsWith(ArchiveNames.SessionPrefix(tenant, session), StringComparison.Ordinal)
                    && name.Split('/').Length == 5
                    && name.Length < 1024;
            })
            .QuickCheckThrowOnFailure();

    [Fact]
    public void TenantPrefix_AnyTwoTenants_NeitherHoldsTheOther()
        => Prop.ForAll(Ids.ToArbitrary(), Ids.ToArbitrary(), (a, b)
                => a == b || !ArchiveNames.TenantPrefix(a).StartsWith(ArchiveNames.TenantPrefix(b), StringComparison.Ordinal))
            .QuickCheckThrowOnFailure();
}
