using System.Text.Json;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;

namespace TtsGrains.ApiHost.Tests.Sessions;

public sealed class ResumeTests(ServiceFixture fixture)
{
    private const int Chunks = 8;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SocketLostAtEveryFrame_ResumedClient_HasEveryByte(bool saysOffset)
    {
        for (var lostAt = 0; lostAt <= Chunks; lostAt++)
        {
            await using var call = await SpokenCall.OpenAsync(fixture.Service, query: "&offsets=true");
            Say(call, lostAt);
            await call.WhenOwnerReceivedAsync(lostAt);
            call.Owner.Abort();

            // A client that does not name its offset gets the frames that were not written. Frames written to a dead socket before its loss is noticed count as written.
            Say(call, saysOffset ? Chunks - lostAt : 0);
            await using var resumed = await call.ReconnectAsync($"&offsets=true&resume={Position(call, saysOffset ? lostAt : null)}");
            if (!saysOffset)
            {
                await resumed.WhenReadAsync();
            }

            Say(call, saysOffset ? 1 : Chunks - lostAt + 1);
            call.Voice.Done();

            var rest = await resumed.WhenEndedAsync(call.Context);

            Assert.True(rest.IsDone, rest.End?.GetRawText());
            Assert.Equal(call.Said, (call.Owner.Find(call.Context)?.Audio ?? []).Concat(rest.Audio));
            Assert.Equal(Enumerable.Range(0, Chunks + 2), OffsetsOf(call.Owner.Find(call.Context)).Concat(OffsetsOf(rest)));
        }
    }

    [Fact]
    public async Task Resumed_WhileSpeaking_HasEveryByteAtEveryOffset()
    {
        for (var offset = 0; offset <= Chunks; offset++)
        {
            await using var call = await SpokenCall.OpenAsync(fixture.Service);
            Say(call, offset);
            await call.WhenOwnerReceivedAsync(offset);
            call.Owner.Abort();
            var resuming = call.ReconnectAsync($"&resume={Position(call, offset)}");
            Say(call, Chunks - offset + 1);
            await using var resumed = await resuming;
            call.Voice.Done();

            var rest = await resumed.WhenEndedAsync(call.Context);

            Assert.True(rest.IsDone, rest.End?.GetRawText());
            Assert.Equal(call.Said, (call.Owner.Find(call.Context)?.Audio ?? []).Concat(rest.Audio));
        }
    }

    [Fact]
    public async Task Resumed_MayPushOn()
    {
        await using var call = await SpokenCall.OpenAsync(fixture.Service, more: true);
        Say(call, 2);
        await call.WhenOwnerReceivedAsync(2);
        call.Owner.Abort();
        await using var resumed = await call.ReconnectAsync($"&resume={Position(call, 2)}");
        var text = $"And on, {call.Session}";
        await resumed.PushAsync(call.Context, text, more: false);
        await fixture.Service.Upstream.Changes.WhenAsync(() => fixture.Service.Upstream.Received.Any(message => message.Transcript == text), Cancellation);
        Say(call, 2);
        call.Voice.Done();

        var rest = await resumed.WhenEndedAsync(call.Context);

        Assert.Equal(call.Voice.Id, fixture.Service.Upstream.Received.Last(message => message.Transcript == text).ContextId);
        Assert.Equal(call.Said[(call.Said.Length / 2)..], rest.Audio);
    }

    [Fact]
    public async Task SecondOwner_FencesTheFirst()
    {
        await using var call = await SpokenCall.OpenAsync(fixture.Service, more: true);
        Say(call, 2);
        await call.WhenOwnerReceivedAsync(2);
        await using var second = await call.ReconnectAsync($"&resume={Position(call, 0)}");
        await second.WhenAsync(call.Context, heard => heard.Frames.Count == 2);
        Say(call, 2);
        await second.WhenAsync(call.Context, heard => heard.Frames.Count == 4);

        // Calls of the first owner are ignored, and its end is no loss.
        await call.Owner.PushAsync(call.Context, "This is ignored.");
        await call.Owner.WhenReadAsync();
        await call.Owner.CloseAsync();
        await call.Owner.WhenClosedAsync();
        Say(call, 1);
        call.Voice.Done();
        await second.PushAsync(call.Context, "", more: false);
        var heard = await second.WhenEndedAsync(call.Context);

        Assert.Equal(2, call.Owner.Find(call.Context)!.Frames.Count);
        Assert.Equal(call.Said, heard.Audio);
        Assert.DoesNotContain(fixture.Service.Upstream.Received, message => message.Transcript == "This is ignored.");
    }

    [Theory]
    [InlineData("other:0", "other", "context_not_found")]
    [InlineData("other", "other", "context_not_found")]
    [InlineData("other:-1", "other:-1", "invalid_request")]
    [InlineData("speech:1:7", "speech:1", "invalid_request")]
    public async Task BadPosition_IsOneErrorAndTheSocketLivesOn(string resume, string contextId, string code)
    {
        await using var call = await SpokenCall.OpenAsync(fixture.Service);
        Say(call, 2);
        await call.WhenOwnerReceivedAsync(2);
        await using var other = await call.ReconnectAsync($"&resume={Uri.EscapeDataString(resume)}");

        Assert.Equal(code, (await other.WhenEndedAsync(contextId)).ErrorCode);
        await other.PushAsync("after", "Still there.", more: false);
        Assert.True((await other.WhenEndedAsync("after")).IsDone);
        Assert.Equal(call.Said.Length, (await call.FinishAsync()).Audio.Length);
    }

    [Fact]
    public async Task ForeignSession_IsUnknown()
    {
        await using var call = await SpokenCall.OpenAsync(fixture.Service);
        Say(call, 1);
        await using var foreign = await call.ReconnectAsync($"&resume={Position(call, 0)}", RunningService.Bolt);

        // For another tenant, "speech:1:0" is a context called "speech:1", of which it has none.
        Assert.Equal("context_not_found", (await foreign.WhenEndedAsync(call.Context)).ErrorCode);
        await call.FinishAsync();
    }

    [Fact]
    public async Task NoLinger_LostContextIsCancelledAtOnce()
    {
        await using var service = await RunningService.StartAsync("Contexts:ReconnectTimeout=00:00:00");
        await using var call = await SpokenCall.OpenAsync(service);
        Say(call, 1);
        await call.WhenOwnerReceivedAsync(1);
        call.Owner.Abort();
        await service.Upstream.Changes.WhenAsync(() => service.Upstream.Received.Any(message => message.IsCancel), Cancellation);
        await using var resumed = await call.ReconnectAsync($"&resume={Position(call, 1)}");

        Assert.Equal("context_not_found", (await resumed.WhenEndedAsync(call.Context)).ErrorCode);
    }

    private static void Say(SpokenCall call, int chunks)
    {
        for (var i = 0; i < chunks; i++)
        {
            call.Say();
        }
    }

    private static string Position(SpokenCall call, int? offset)
        => Uri.EscapeDataString(offset is null ? call.Context : $"{call.Context}:{offset}");

    private static IEnumerable<int> OffsetsOf(HeardContext? heard)
        => heard?.Frames.Select((JsonElement frame) => frame.GetProperty("offset").GetInt32()) ?? [];
}
