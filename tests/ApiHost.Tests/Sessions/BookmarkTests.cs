using System.Globalization;
using TtsGrains.ApiHost.Sessions;

namespace TtsGrains.ApiHost.Tests.Sessions;

public sealed class BookmarkTests
{
    [Theory]
    [InlineData("0")]
    [InlineData("7")]
    [InlineData("7,5:12")]
    [InlineData("7,1:0,5:12,7:2147483647")]
    public void TryParse_WhatWasWritten_IsTheSame(string text)
    {
        Assert.True(Bookmark.TryParse(text, out var bookmark));
        Assert.Equal(text, bookmark.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("7,")]
    [InlineData("7,5")]
    [InlineData("7,:5")]
    [InlineData("7,5:")]
    [InlineData("7,0:1")]
    [InlineData("7,8:1")]
    [InlineData("7,5:-1")]
    [InlineData("7,5:1,5:2")]
    [InlineData("7,5:1:2")]
    [InlineData(" 7")]
    [InlineData("99999999999")]
    public void TryParse_AnythingElse_IsRefused(string text) => Assert.False(Bookmark.TryParse(text, out _));

    [Theory]
    [InlineData(1, true)]
    [InlineData(5, false)]
    [InlineData(7, true)]
    [InlineData(8, false)]
    public void IsPast_KnownContextThatIsNotInItsMidst_IsIt(int ordinal, bool expected)
    {
        Assert.True(Bookmark.TryParse("7,5:12", out var bookmark));
        Assert.Equal(expected, bookmark.IsPast(ordinal));
    }

    [Fact]
    public void ToString_AnyNumbers_AreOfNoCulture()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NegativeSign = "~" } };
            Assert.True(Bookmark.TryParse("1000000,5:12", out var bookmark));
            Assert.Equal("1000000,5:12", bookmark.ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
