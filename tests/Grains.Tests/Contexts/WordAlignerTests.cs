using TtsGrains.Grains.Contexts.Words;
using TtsGrains.Protocol.Frames;
using Xunit;

namespace TtsGrains.Grains.Tests.Contexts;

public sealed class WordAlignerTests
{
    private const string Lost = "?";

    // Behind each word the text that is left; "?" where its place is not certain.
    [Theory]
    [InlineData("Hello, wide world.", "Hello, wide world.", " wide world.| world.|")]
    [InlineData("Hello, wide world.", "hello WIDE", " wide world.| world.")]
    [InlineData("Hel" + "lo (wide) \"world\"!", "Hello (wide) \"world\"!", " (wide) \"world\"!| \"world\"!|")]
    [InlineData("A well-known fact", "A well known fact", " well-known fact|known fact| fact|")]
    [InlineData("I can't go", "I can 't go", " can't go|?| go|")]
    [InlineData("Wait — what?", "Wait — what?", " — what?| what?|")]
    [InlineData("Wait — what?", "Wait what?", " — what?|")]
    [InlineData("One 😀 two", "One 😀 two", " 😀 two| two|")]
    [InlineData("One 😀 two", "One two", " 😀 two|")]
    [InlineData("One😀 two", "One😀 two", " two|")]
    [InlineData("One😀two", "One 😀 two", "😀two|two|")]
    [InlineData("😀 One 😀", "😀 One 😀", " One 😀| 😀|")]
    [InlineData("😀😀 One 😀", "😀 😀 One", "😀 One 😀| One 😀| 😀")]
    [InlineData("One 😀 😀 two", "One 😀 😀 two", " 😀 😀 two| 😀 two| two|")]
    [InlineData("One 👩🏽‍🚒❤️ two", "One 👩🏽‍🚒 ❤ two", " 👩🏽‍🚒❤️ two|❤️ two| two|")]
    [InlineData("One, — 😀! two", "One, 😀! two", " — 😀! two| two|")]
    [InlineData("One 😀 two", "One 😡 two", " 😀 two| 😀 two|")]
    [InlineData("One <break time=\"1s\"/> 😀 two", "One 😀 two", " <break time=\"1s\"/> 😀 two| two|")]
    [InlineData("One... ... two", "One ... ... two", " ... two| ... two| two|")]
    [InlineData("I can't 😀 go", "I can ' t 😀 go", " can't 😀 go|?|?| 😀 go| go|")]
    [InlineData("Call 555 😀 now and then", "Call five five five 😀 now and then", " 555 😀 now and then|?|?|?|?| and then| then|")]
    [InlineData("你好吗。再见", "你 好 吗。 再 见", "好吗。再见|吗。再见|再见|见|")]
    [InlineData("你好吗。再见", "你好 吗。再", "吗。再见|见")]
    [InlineData("नमस्ते दुनिया", "नमस्ते दुनिया", " दुनिया|")]
    [InlineData("Call 555 now", "Call 555 now", " 555 now| now|")]
    [InlineData("Call 555 now and then", "Call five five five now and then", " 555 now and then|?|?|?| and then| then|")]
    [InlineData("Call 555 now and then", "Call five five five now", " 555 now and then|?|?|?|?")]
    [InlineData("555 five later on", "five five five five later", "?|?|?| later on| on")]
    [InlineData("I have 2 and two more", "I have two", " have 2 and two more| 2 and two more|?")]
    [InlineData("Give 50% off all", "Give 50 percent off all", " 50% off all|% off all|?| all|")]
    [InlineData("Pay $5 1/2 to me", "Pay five dollars and a half to me", " $5 1/2 to me|?|?|?|?|?| me|")]
    [InlineData("Dr. Smith is in", "doctor Smith is in", "?|?|?|?")]
    [InlineData("Short", "Short and more", "|?|?")]
    [InlineData("", "anything", "?")]
    [InlineData("Only", "", "")]
    public void Follow_Words_KnowsWhatIsLeft(string text, string words, string left)
    {
        var told = words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => new TimedText(word, 0, 0)).ToList();

        var ends = WordAligner.Follow(text, told);

        Assert.Equal(left, string.Join('|', ends.Select(end => end == WordAligner.Unknown ? Lost : text[end..])));
    }
}
