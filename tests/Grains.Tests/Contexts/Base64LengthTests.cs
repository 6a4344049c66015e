using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using TtsGrains.Grains.Contexts.Log;
using Xunit;

namespace TtsGrains.Grains.Tests.Contexts;

public sealed class Base64LengthTests
{
    [Fact]
    public void DecodedFrom_AnyBytes_IsTheirNumber()
        => Holds(bytes => Base64Length.DecodedFrom(Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes))) == bytes.Length);

    [Fact]
    public void DecodedFrom_EscapedSlashes_CountsWhatTheyMean()
        => Holds(bytes => Base64Length.DecodedFrom(Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes).Replace("/", "\\/", StringComparison.Ordinal))) == bytes.Length);

    [Fact]
    public void DecodedFrom_WhatAStrictJsonWriterMakesOfIt_CountsWhatItMeans()
        => Holds(bytes => Base64Length.DecodedFrom(Encoding.ASCII.GetBytes(JsonSerializer.Serialize(Convert.ToBase64String(bytes))[1..^1])) == bytes.Length);

    [Theory]
    [InlineData("")]
    [InlineData("=")]
    [InlineData("==")]
    [InlineData("\\")]
    [InlineData("\\u")]
    [InlineData("A")]
    public void DecodedFrom_Debris_IsNotNegative(string text) => Assert.Equal(0, Base64Length.DecodedFrom(Encoding.ASCII.GetBytes(text)));

    // Many of 0xFF and 0xFB, whose base64 is full of slashes and pluses.
    private static void Holds(Func<byte[], bool> property)
        => Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(500),
            Prop.ForAll(Gen.OneOf(Gen.Choose(0, 255), Gen.Elements(255, 251, 190)).Select(value => (byte)value).ArrayOf().ToArbitrary(), property));
}
