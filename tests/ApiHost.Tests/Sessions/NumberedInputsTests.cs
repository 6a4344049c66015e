using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.ApiHost.Tests.Sessions;

/// <summary>
/// A client that has lost its socket cannot know what of the last it sent was taken. It numbers its pushes and sends them again: each is spoken
/// once, in order.
/// </summary>
public sealed class NumberedInputsTests(ServiceFixture fixture)
{
    private const string Context = "story";
    private const int Pushes = 9;

    private readonly string _session = $"call-{Guid.NewGuid():N}";

    private string Whole => string.Concat(Enumerable.Range(0, Pushes).Select(TextOf));

    /// <summary>What the upstream was sent of this session, message by message.</summary>
    private string Spoken => string.Concat(
        fixture.Service.Upstream.Received.Where(message => message.Transcript.Contains(_session, StringComparison.Ordinal)).Select(message => message.Transcript));

    [Fact]
    public async Task Upgrade_SaysThatInputsMayBeNumbered()
    {
        await using var client = await ConnectAsync();

        Assert.Equal("numbered", client.HeaderOf("X-Session-Inputs"));
    }

    public static TheoryData<int, int> Losses => [.. from lostAt in Enumerable.Range(0, Pushes + 1) from again in (int[])[1, 3, Pushes] select (lostAt, again)];

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task SocketLostAtAPush_SentAgainFromAFewBefore_IsSpokenOnceInOrder(int lostAt, int again)
    {
        var known = Math.Max(0, lostAt - again);
        var heardBefore = 0;
        await using (var lost = await ConnectAsync())
        {
            await PushAsync(lost, 0, known);
            if (known > 0)
            {
                var heard = await lost.WhenAsync(Context, heard => heard.FlushesDone == FlushesIn(known) && heard.Text.Length == LengthOf(known));
                heardBefore = heard.Frames[^1].GetProperty("offset").GetInt32() + 1;
            }

            await PushAsync(lost, known, lostAt);
            lost.Abort();
        }

        await using var client = await ConnectAsync($"&resume={Context}:{heardBefore}");
        await client.WhenReadAsync();
        var isUnknown = client.Find(Context)?.ErrorCode == "context_not_found";
        await PushAsync(client, known, Pushes);

        var rest = await client.WhenAsync(Context, heard => heard.End is not null && (!isUnknown || heard.IsDone));

        Assert.True(rest.IsDone, rest.End?.GetRawText());
        Assert.Equal(Whole[LengthOf(known)..], rest.Text);
        Assert.Equal(Whole, Spoken);
        Assert.False(isUnknown && known > 0);
    }

    /// <summary>Each push takes its socket with it; the next socket begins with all that nothing was heard of.</summary>
    [Fact]
    public async Task SocketLostAtEveryPush_AllSentAgainEachTime_IsSpokenOnceInOrder()
    {
        for (var lostAt = 0; lostAt < Pushes; lostAt++)
        {
            var lost = await ConnectAsync($"&resume={Context}:0");
            await PushAsync(lost, 0, lostAt + 1);
            lost.Abort();
            await lost.DisposeAsync();
        }

        await using var client = await ConnectAsync($"&resume={Context}:0");
        await client.WhenReadAsync();
        var isUnknown = client.Find(Context)?.ErrorCode == "context_not_found";
        await PushAsync(client, 0, Pushes);

        var whole = await client.WhenAsync(Context, heard => heard.End is not null && (!isUnknown || heard.IsDone));

        Assert.Equal((true, Whole), (whole.IsDone, whole.Text));
        Assert.Equal(Whole, Spoken);
    }

    [Fact]
    public async Task AllSentAgain_OfAContextThatIsOver_IsPassedOver()
    {
        await using (var lost = await ConnectAsync())
        {
            await PushAsync(lost, 0, Pushes);
            await lost.WhenEndedAsync(Context);
            lost.Abort();
        }

        await using var client = await ConnectAsync($"&resume={Context}:0");
        var heard = await client.WhenEndedAsync(Context);
        await PushAsync(client, 0, Pushes);
        await client.WhenReadAsync();

        Assert.Equal((true, Whole), (heard.IsDone, heard.Text));
        Assert.Same(heard, client.Find(Context));
        Assert.Equal(Whole, Spoken);
    }

    [Fact]
    public async Task SameSocket_SentTwice_IsSpokenOnce()
    {
        await using var client = await ConnectAsync();
        for (var i = 0; i < Pushes; i++)
        {
            await PushAsync(client, i, i + 1);
            if (i < Pushes - 1)
            {
                await PushAsync(client, Math.Max(0, i - 2), i + 1);
            }
        }

        Assert.Equal(Whole, (await client.WhenEndedAsync(Context)).Text);
        Assert.Equal(Whole, Spoken);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public async Task MiddleOfAText_OfAContextThatNobodyHas_IsNotFoundOnce(int number)
    {
        await using var client = await ConnectAsync();
        await PushAsync(client, number, "In the middle, ");
        await PushAsync(client, number, "and on.", more: false);

        var heard = await client.WhenEndedAsync(Context);
        await client.WhenReadAsync();

        Assert.Equal("context_not_found", heard.ErrorCode);
        Assert.Equal(404, heard.End!.Value.GetProperty("status_code").GetInt32());
        Assert.StartsWith($"input is {number}", heard.End.Value.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Single(client.Order, Context.Equals);
        Assert.Empty(Spoken);
    }

    [Fact]
    public async Task SkippedAhead_IsOneErrorBehindWhatWasSaid()
    {
        await using var client = await ConnectAsync();
        await PushAsync(client, 0, 2);
        await client.WhenAsync(Context, heard => heard.Text.Length == LengthOf(2));
        await PushAsync(client, 3, 5);

        var heard = await client.WhenEndedAsync(Context);
        await client.WhenReadAsync();

        Assert.Equal(("invalid_request", Whole[..LengthOf(2)]), (heard.ErrorCode, heard.Text));
        Assert.StartsWith("input is 3, but the next one of this context is 2", heard.End!.Value.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(Whole[..LengthOf(2)], Spoken);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("0.5")]
    [InlineData("2147483648")]
    [InlineData("\"0\"")]
    public async Task NumberThatIsNone_IsOneErrorThatNamesTheField(string number)
    {
        await using var client = await ConnectAsync();
        await client.SendAsync(Context, SocketClient.Message(Context, "Hello.").ToJsonString()[..^1] + $",\"input\":{number}}}");

        var heard = await client.WhenEndedAsync(Context);

        Assert.Equal("invalid_request", heard.ErrorCode);
        Assert.StartsWith("input must be a whole number", heard.End!.Value.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    /// <summary>A host that dies may have sent an opening on its way that comes after its client was told, elsewhere, that there is no such context.</summary>
    [Fact]
    public async Task OpenedLateOverALostSocket_WhenItIsBegunAnew_IsNotFoundAndLeavesNothing()
    {
        await using var client = await ConnectAsync($"&resume={Context}:0");
        await client.WhenEndedAsync(Context);
        await using var late = await ConnectAsync();
        await PushAsync(late, 0, 1);

        Assert.Equal("context_not_found", (await late.WhenEndedAsync(Context)).ErrorCode);

        await PushAsync(client, 0, Pushes);
        Assert.Equal(Whole, (await client.WhenAsync(Context, heard => heard.IsDone)).Text);
        var session = await fixture.Service.Services.GetRequiredService<IGrainFactory>()
            .GetGrain<ISessionGrain>(new SessionKey(RunningService.Acme, _session).ToString()).GetAsync();
        Assert.Single(session.Contexts);
    }

    [Fact]
    public async Task Number_GoesNoFurther()
    {
        await using var client = await ConnectAsync();
        await PushAsync(client, 0, Pushes);
        await client.WhenEndedAsync(Context);

        Assert.All(
            fixture.Service.Upstream.Received.Where(message => message.Transcript.Contains(_session, StringComparison.Ordinal)),
            message => Assert.False(message.Json.TryGetProperty("input", out _)));
    }

    private static bool Flushes(int push) => push % 3 == 1;

    private static int FlushesIn(int pushes) => Enumerable.Range(0, pushes).Count(Flushes);

    private string TextOf(int push) => $"Part {push} of {_session}. ";

    private int LengthOf(int pushes) => Enumerable.Range(0, pushes).Sum(push => TextOf(push).Length);

    private Task<SocketClient> ConnectAsync(string query = "")
    {
        var url = new UriBuilder(fixture.Service.WebSocket) { Query = $"session_id={_session}&offsets=true{query}" }.Uri;
        return SocketClient.ConnectAsync(url, options => options.SetRequestHeader("X-API-Key", $"{RunningService.Acme}-key"));
    }

    private async Task PushAsync(SocketClient client, int from, int to)
    {
        for (var push = from; push < to; push++)
        {
            await PushAsync(client, push, TextOf(push), push < Pushes - 1, Flushes(push));
        }
    }

    private static Task PushAsync(SocketClient client, int number, string text, bool more = true, bool flush = false)
        => client.PushAsync(Context, text, more, flush, message => message["input"] = number);
}
