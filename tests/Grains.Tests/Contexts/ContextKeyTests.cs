using FsCheck;
using FsCheck.Fluent;
using TtsGrains.Grains.Interfaces.Connections;
using TtsGrains.Grains.Interfaces.Contexts;
using Xunit;

namespace TtsGrains.Grains.Tests.Contexts;

public sealed class ContextKeyTests
{
    // What an escape most likely gets wrong. No half surrogate pairs: neither JSON nor a URL can carry them to us.
    private static readonly Gen<string> HostileIds =
        Gen.Elements("a", "A", "/", "%", "%2F", "2F", ".", "..", " ", "+", "\\", "\0", "\n", "\u00e9", "\ud83d\ude00", "?", "#", "=")
            .NonEmptyListOf().Select(string.Concat);

    private static readonly Gen<ContextKey> Keys =
        from tenant in HostileIds
        from session in HostileIds
        from context in HostileIds
        from number in Gen.Choose(1, 99)
        select new ContextKey(tenant, session, context, $"7f3c.{number}");

    [Fact]
    public void Parse_OfAnyKey_GivesItBack()
        => Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(Keys.ToArbitrary(), key => ContextKey.Parse(key.ToString()) == key));

    [Fact]
    public void ToString_OfTwoKeys_IsTheSameOnlyForTheSame()
        => Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(1000),
            Prop.ForAll(Keys.Two().ToArbitrary(), pair => pair.Item1 == pair.Item2 || pair.Item1.ToString() != pair.Item2.ToString()));

    [Fact]
    public void SessionKey_OfAnyContext_RoundTripsAndIsItsPrefix()
        => Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(1000),
            Prop.ForAll(
                Keys.ToArbitrary(),
                key => SessionKey.Parse(key.SessionKey.ToString()) == key.SessionKey
                    && key.ToString().StartsWith(key.SessionKey + "/", StringComparison.Ordinal)));

    [Fact]
    public void ToString_OneTenantsSlash_NeverLooksLikeAnothersSession()
        => Assert.NotEqual(new SessionKey("a/b", "c").ToString(), new SessionKey("a", "b/c").ToString());

    [Theory]
    [InlineData("")]
    [InlineData("a/b/c")]
    [InlineData("a/b/c/d/e")]
    public void Parse_WrongNumberOfParts_Throws(string text) => Assert.Throws<FormatException>(() => ContextKey.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("/abc")]
    public void ParseSession_WithoutTwoParts_Throws(string text) => Assert.Throws<FormatException>(() => SessionKey.Parse(text));

    [Fact]
    public void ConnectionKey_OfAnyNames_RoundTrips()
        => Check.One(
            Config.QuickThrowOnFailure,
            Prop.ForAll(HostileIds.Two().ToArbitrary(), names =>
            {
                var key = new ConnectionKey(names.Item1, names.Item2, 12);
                return ConnectionKey.Parse(key.ToString()) == key;
            }));

    [Fact]
    public void ConnectionKey_WrongNumberOfParts_Throws() => Assert.Throws<FormatException>(() => ConnectionKey.Parse("a/1"));
}
