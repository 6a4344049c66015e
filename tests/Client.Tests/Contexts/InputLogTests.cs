using TtsGrains.Client.Contexts;

namespace TtsGrains.Client.Tests.Contexts;

/// <summary>Which inputs go out again over the next socket.</summary>
public sealed class InputLogTests
{
    private readonly InputLog _inputs = new();

    [Fact]
    public void Rewind_NothingHeard_AllGoOutAgain()
    {
        Add("a", "b", "c");
        Assert.Equal([0, 1, 2], Send());

        _inputs.Rewind();

        Assert.Equal([0, 1, 2], Send());
    }

    [Fact]
    public void Rewind_SomethingHeard_AllButTheFirstGoOutAgain()
    {
        Add("a", "b", "c");
        Send();
        _inputs.OnHeard();
        _inputs.OnHeard();

        _inputs.Rewind();

        Assert.Equal([1, 2], Send());
    }

    [Fact]
    public void Rewind_FlushDone_AllBehindTheFlushGoOutAgain()
    {
        Add("a", "|", "b", "|", "c");
        Send();
        _inputs.OnHeard();
        _inputs.OnFlushDone();

        _inputs.Rewind();

        Assert.Equal([2, 3, 4], Send());
    }

    [Fact]
    public void OnFlushDone_FlushNotSentYet_ProvesNothing()
    {
        Add("a", "|");
        _inputs.Advance();
        _inputs.OnFlushDone();

        _inputs.Rewind();

        Assert.Equal([0, 1], Send());
    }

    [Fact]
    public void OnHeard_NothingSentYet_ProvesNothing()
    {
        Add("a");
        _inputs.OnHeard();

        Assert.Equal([0], Send());
    }

    [Fact]
    public void Close_LetsGoWhoeverWaits()
    {
        var input = new ContextInput("a", Flush: false, IsLast: false, Expression: null);
        _inputs.Add(input);

        _inputs.Close();

        Assert.True(input.Written.IsCompletedSuccessfully);
        Assert.True(_inputs.IsComplete);
        Assert.Empty(Send());
    }

    private void Add(params string[] texts)
    {
        foreach (var text in texts)
        {
            _inputs.Add(new ContextInput(text == "|" ? "" : text, Flush: text == "|", IsLast: false, Expression: null));
        }
    }

    private List<int> Send()
    {
        var numbers = new List<int>();
        while (_inputs.TryPeek(out _, out var number))
        {
            numbers.Add(number);
            _inputs.Advance();
        }

        return numbers;
    }
}
