using System.Collections.Immutable;
using System.Text;
using TtsGrains.Grains.Contexts.Attempts;
using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Contexts.Words;
using TtsGrains.Grains.Interfaces.Contexts;
using Xunit;
using static TtsGrains.Grains.Tests.Contexts.Pushes;

namespace TtsGrains.Grains.Tests.Contexts;

/// <summary>Text that is cut at any UTF-16 code unit: what is sent upstream is the same text, with whole characters and whole tags.</summary>
public sealed class CutTextTests
{
    public const string Multilingual =
        "Grüße 😀👩‍👩‍👧‍👦 <break time=\"1.5s\"/>e\u0301\u0323 می‌خواهم क्‍ष ❤️ 👍🏽 <spell>A1</spell> 한국어 5️⃣ <speed ratio=\"1.2\"/>𝒳 a < b. <br/>";

    [Fact]
    public void Push_CutAtEveryCodeUnit_SendsTheSameText()
    {
        for (var cut = 0; cut <= Multilingual.Length; cut++)
        {
            AssertSent(Multilingual, [Multilingual[..cut], Multilingual[cut..]]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Push_InPiecesOfOneSize_SendsTheSameText(int size)
        => AssertSent(Multilingual, [.. Multilingual.Chunk(size).Select(piece => new string(piece))]);

    [Fact]
    public void Push_HalfThatStaysAlone_IsSentAtTheFlush()
    {
        var decision = Apply(Push("Hi \ud83d", first: true), Push("", flush: true));

        Assert.Equal([new ContextEffect.ExpectFlush(IsSpoken: true), new ContextEffect.Send(Text("\ud83d", flush: true))], decision.Effects);
    }

    [Fact]
    public void Push_ConfigOfAHeldText_IsSentWithTheRest()
    {
        var config = """{"speed":1.5}"""u8.ToArray();
        var held = ApplyTo(Apply(Push("Hi ", first: true)).State, new ContextCommand.Push(Text("<br") with { GenerationConfig = config }, IsFirst: false));
        var sent = ApplyTo(held.State, Push("eak time='1s'/>"));

        Assert.Empty(held.Effects);
        Assert.Equal(config, Assert.IsType<ContextEffect.Send>(Assert.Single(sent.Effects)).Input.GenerationConfig);
        Assert.Null(sent.State.HeldConfig);
    }

    [Fact]
    public void Push_SettingsAlone_WaitForText()
    {
        var settings = Apply(Push("<speed ratio=\"1.5\"/>", first: true));
        var sent = ApplyTo(settings.State, Push("Fast."));

        Assert.Equal([new ContextEffect.AwaitInput()], settings.Effects);
        Assert.Equal([new ContextEffect.Send(Text("<speed ratio=\"1.5\"/>Fast."))], sent.Effects);
    }

    [Fact]
    public void Push_ABreakAlone_IsSent()
        => Assert.Equal(
            [new ContextEffect.Send(Text("<break time=\"1s\"/>", last: true))],
            Apply(Push("<break time=\"1s\"/>", first: true, last: true)).Effects);

    [Fact]
    public void Expire_BeginningOfATag_IsSentAsText()
    {
        var waiting = Apply(Push("a ", first: true), Push("<b"), new ContextCommand.UpstreamFinished([]));
        var expired = ApplyTo(waiting.State, new ContextCommand.Expire());

        Assert.Equal([new ContextEffect.Send(Text("<b"))], expired.Effects);
        Assert.Equal("", expired.State.Held);
    }

    [Fact]
    public void Answer_BeginningOfATagAndHalfAPair_WaitForTheirRest()
    {
        foreach (var (first, rest) in ((string, string)[])[("One <bre", "ak time='1s'/> two"), ("One \ud83d", "\ude00 two")])
        {
            var pending = new PendingInputs();
            pending.Add(Text(first), chunks: 0);
            pending.Answer(chunks: 3, offset: 5);
            pending.Add(Text(rest), chunks: 3);

            Assert.Equal(first[4..] + rest, string.Concat(pending.Inputs.Select(input => input.Text)));
        }
    }

    [Fact]
    public void Detach_AnyCut_IsAttachedAgain()
    {
        for (var from = 0; from <= Multilingual.Length; from++)
        {
            var input = Text(Multilingual[from..Math.Min(Multilingual.Length, from + 3)], flush: true);
            var detached = input.Detach();

            // What a serializer makes of it.
            var received = detached with { Text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(detached.Text)) };
            Assert.Equal(input, received.Attach());
        }
    }

    private static void AssertSent(string text, ImmutableArray<string> pieces)
    {
        var state = ContextState.New;
        var sent = new List<string>();
        for (var i = 0; i < pieces.Length; i++)
        {
            var decision = ApplyTo(state, Push(pieces[i], last: i == pieces.Length - 1, first: i == 0));
            state = decision.State;
            sent.AddRange(decision.Effects.OfType<ContextEffect.Send>().Select(send => send.Input.Text));
        }

        Assert.Equal(text, string.Concat(sent));
        Assert.All(sent, piece => Assert.Equal(piece, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(piece))));
        Assert.All(sent.SkipLast(1), piece => Assert.Equal(0, UnfinishedText.LengthIn(piece)));
    }
}
