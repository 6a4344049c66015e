using TtsGrains.LocalVoice.Reading;
using Xunit;

namespace TtsGrains.LocalVoice.Tests.Reading;

public sealed class SpokenFormTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData(" \n", false)]
    [InlineData("... -- !", false)]
    [InlineData("**", false)]
    [InlineData("```", false)]
    [InlineData("😀", false)]
    [InlineData("👩‍👩‍👧 🇩🇪 ☀️", false)]
    [InlineData("a", true)]
    [InlineData("$", true)]
    [InlineData("你", true)]
    [InlineData("7.", true)]
    [InlineData("1️⃣", true)]
    public void HasSpeech_Always_LooksForMoreThanPunctuation(string text, bool expected) => Assert.Equal(expected, SpokenForm.IsSpeech(text));

    [Theory]
    [InlineData("**bold** and *it*", "bold and it")]
    [InlineData("__bold__ and _em_", "bold and em")]
    [InlineData("snake_case 3*4 and 3 * 4", "snake_case 3*4 and 3 * 4")]
    [InlineData("~~gone~~ a~b", "gone a~b")]
    [InlineData("Use `dotnet run` now", "Use dotnet run now")]
    [InlineData("# Title", "Title")]
    [InlineData("### Title #1", "Title #1")]
    [InlineData("#1 is C#", "#1 is C#")]
    [InlineData("- one\n- two\n* three\n  + four", "one two three four")]
    [InlineData("- [ ] open\n- [x] done", "open done")]
    [InlineData("> quoted\n> - item", "quoted item")]
    [InlineData("5 > 4 - 3 + 2", "5 > 4 - 3 + 2")]
    [InlineData("See [the docs](https://x.y/a_(b)?c=*d*) now", "See the docs now")]
    [InlineData("![a cat](cat.png \"Cat\") sits", "a cat sits")]
    [InlineData("[link][1] here", "link here")]
    [InlineData("[note] (aside)", "note (aside)")]
    [InlineData("a\n---\nb", "a b")]
    [InlineData("| a | b |", "a b")]
    [InlineData("5 \\* 6", "5 * 6")]
    [InlineData("C:\\dir", "C:\\dir")]
    [InlineData("Hi 😀 there👍🏽!", "Hi there !")]
    [InlineData("I ❤️ it ☺", "I it")]
    [InlineData("1️⃣ first", "1 first")]
    [InlineData("Acme™ ©2026 a → b", "Acme™ ©2026 a → b")]
    [InlineData("👩‍👩‍👧‍👦 family 🏴󠁧󠁢󠁳󠁣󠁴󠁿", "family")]
    [InlineData("क्‍ष می‌خواهم", "क्‍ष می‌خواهم")]
    [InlineData("so\u00ADft \uFEFFno\u200Bne", "soft none")]
    [InlineData("a\nb\0c", "a b c")]
    [InlineData("1 < 2 and <b>", "1 < 2 and <b>")]
    public void Text_MarkdownAndEmoji_AreNotRead(string text, string expected)
    {
        var spoken = SpokenForm.Create(text, startsLine: true).Text;

        Assert.Equal(expected, string.Join(' ', spoken.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public void Text_MarksOfALineStart_AreReadInTheMiddleOfALine()
    {
        Assert.Equal("+ 2", SpokenForm.Create("+ 2", startsLine: false).Text);
        Assert.Equal("  2", SpokenForm.Create("+ 2", startsLine: true).Text);
    }

    [Theory]
    [InlineData("Bob", "B, o, b,")]
    [InlineData("ABC-123", "A, B, C, 1, 2, 3,")]
    [InlineData("(12) 3", "1, 2, 3,")]
    [InlineData("a@b.c", "a, @, b, c,")]
    [InlineData("ñe\u0301", "ñ, e\u0301,")]
    [InlineData("日本", "日, 本,")]
    [InlineData("*_#", "*, _, #,")]
    public void Text_Spelled_IsReadLetterByLetter(string text, string expected)
        => Assert.Equal(expected, SpokenForm.Create(text, spelled: [0..text.Length]).Text.Trim());

    [Fact]
    public void Text_SpelledInPart_LeavesTheRest()
    {
        var form = SpokenForm.Create("Code AB1, or so", spelled: [5..8]);

        Assert.Equal("Code A, B, 1, or so", form.Text);
    }

    [Fact]
    public void ToSource_EachWord_IsWhereItIsInTheText()
    {
        const string Text = "😀 **Hi** AB1 end";
        var form = SpokenForm.Create(Text, spelled: [10..13]);

        foreach (var (spoken, source) in new[] { ("Hi", 4), ("A,", 9), ("B,", 10), ("1", 11), ("end", 13) })
        {
            Assert.Equal(source, form.ToSource(form.Text.IndexOf(spoken, StringComparison.Ordinal)));
        }
    }
}
