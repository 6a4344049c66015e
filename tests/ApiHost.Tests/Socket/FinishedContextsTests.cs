using System.Text;
using TtsGrains.ApiHost.Tts;
using TtsGrains.Protocol.Requests;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Socket;

/// <summary>Which inputs belong to a context that is over, and which begin the next one of its id.</summary>
public sealed class FinishedContextsTests
{
    private const string Id = "c";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly FinishedContexts _finished;

    public FinishedContextsTests() => _finished = new FinishedContexts(_time);

    [Fact]
    public void IsRest_UnknownContext_IsNot()
        => Assert.False(_finished.IsRest(Id, Message("", number: 3)));

    [Theory]
    [InlineData("More.", null, false)]
    [InlineData("", null, true)]
    [InlineData("More.", 0, false)]
    [InlineData("", 0, false)]
    [InlineData("More.", 3, false)]
    [InlineData("", 3, true)]
    public void IsRest_AfterDone_IsWhatSaysNothingAndDoesNotBeginAnew(string text, int? number, bool expected)
    {
        _finished.Add(Id, ContextEnd.Done, hasMore: false, resumedAt: 0);

        Assert.Equal(expected, _finished.IsRest(Id, Message(text, number)));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void IsRest_AfterDoneOfAResumedOne_IsWhatItHadThen(int number, bool expected)
    {
        _finished.Add(Id, ContextEnd.Done, hasMore: false, resumedAt: 3);

        Assert.Equal(expected, _finished.IsRest(Id, Message("Said again.", number)));
    }

    [Fact]
    public void IsRest_RefusedAfterDoneOfAResumedOne_IsStillWhatThatHad()
    {
        _finished.Add(Id, ContextEnd.Done, hasMore: false, resumedAt: 3);
        _finished.Add(Id, ContextEnd.Error, hasMore: false, resumedAt: null);

        Assert.True(_finished.IsRest(Id, Message("Said again.", 0)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void IsRest_AfterCancelOrError_IsEveryNumberButTheFirst(bool isCancelled)
    {
        _finished.Add(Id, isCancelled ? ContextEnd.Cancelled : ContextEnd.Error, hasMore: true, resumedAt: 0);
        _time.Advance(TimeSpan.FromHours(1));

        Assert.True(_finished.IsRest(Id, Message("More.", 5)));
        Assert.False(_finished.IsRest(Id, Message("Anew.", 0)));
    }

    [Fact]
    public void IsRest_AfterACancel_IsWhatComesWithinASecond()
    {
        _finished.Add(Id, ContextEnd.Cancelled, hasMore: true, resumedAt: 0);
        _time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.True(_finished.IsRest(Id, Message("Crossed.")));

        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.False(_finished.IsRest(Id, Message("Anew.")));
    }

    [Fact]
    public void IsRest_AfterAnError_GoesOnUntilASecondOfSilence()
    {
        _finished.Add(Id, ContextEnd.Error, hasMore: true, resumedAt: 0);
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(0.9));
            Assert.True(_finished.IsRest(Id, Message("The rest. ")));
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(_finished.IsRest(Id, Message("Anew.")));
    }

    [Fact]
    public void IsRest_AfterAnError_EndsWithTheLastInput()
    {
        _finished.Add(Id, ContextEnd.Error, hasMore: true, resumedAt: 0);

        Assert.True(_finished.IsRest(Id, Message("The rest.", more: false)));
        Assert.False(_finished.IsRest(Id, Message("Anew.")));
    }

    [Fact]
    public void IsRest_AfterAnErrorAndTheLastInput_IsOnlyWhatSaysNothing()
    {
        _finished.Add(Id, ContextEnd.Error, hasMore: true, resumedAt: 0);
        _finished.OnLastInput(Id);

        Assert.True(_finished.IsRest(Id, Message("")));
        Assert.False(_finished.IsRest(Id, Message("Anew.")));
    }

    [Fact]
    public void IsRest_Ceded_IsEveryNumber()
    {
        _finished.Cede(Id);
        _finished.Add("other", ContextEnd.Done, hasMore: false, resumedAt: 0);
        _finished.Cede("other");

        Assert.All([Id, "other"], id => Assert.True(_finished.IsRest(id, Message("Comes over the other socket.", 0))));
        Assert.False(_finished.IsRest(Id, Message("Without a number.")));
    }

    [Fact]
    public void Add_MoreThanAThousand_ForgetsTheFirst()
    {
        for (var i = 0; i <= 1024; i++)
        {
            _finished.Add($"{i}", ContextEnd.Done, hasMore: false, resumedAt: 0);
        }

        Assert.False(_finished.Contains("0"));
        Assert.True(_finished.Contains("1"));
    }

    private static ClientMessage Message(string text, int? number = null, bool more = true)
    {
        var input = number is null ? "null" : $"{number}";
        var json = $$"""{"context_id":"{{Id}}","transcript":"{{text}}","continue":{{(more ? "true" : "false")}},"input":{{input}}}""";
        Assert.Null(ClientMessageParser.Parse(Encoding.UTF8.GetBytes(json), out var message));
        return message;
    }
}
