using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Contexts;

/// <summary>
/// A context leaves its silo, as it does when that stops: what its owner, or the silo, knows of it is enough to continue anywhere. Here the silo that continues
/// is the same one, and the owner holds the context as if it lived in another process.
/// </summary>
public sealed class MoveTests : IAsyncLifetime
{
    private const string Text = "The stairs are dry. ";
    private const string Rest = "Now the piano may come.";
    private const int Pieces = 5;
    private const int PieceLength = 4;

    private RunningService _service = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
        => _service = await RunningService.StartElsewhereAsync("Upstreams:main:Resume=sample", "Upstreams:main:ProgressTimeout=00:05:00");

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task MovedAtEveryFrame_OwnerHasEveryByte()
    {
        for (var said = 0; said <= Pieces; said++)
        {
            var session = $"move-{said}";
            await using var client = await SpeakAsync(session, said);
            await (await FindAsync(session)).MoveAsync();
            await client.PushAsync(session, Rest, more: false);

            Assert.Equal(Text + Rest, (await client.WhenEndedAsync(session)).Text);
            await AssertArchivedAsync(session);
        }
    }

    [Fact]
    public async Task MovedAtEveryFrame_ClientAway_ItComesBackForTheRest()
    {
        for (var said = 0; said <= Pieces; said++)
        {
            var session = $"away-{said}";
            await using var client = await SpeakAsync(session, said);
            client.Abort();
            var context = await FindAsync(session);
            await RestoreAsync(context, await WhenGivenUpAsync(context));
            await using var back = await ComeBackAsync(session, said);
            await back.PushAsync(session, Rest, more: false);

            Assert.Equal((Text + Rest)[(said * PieceLength)..], (await back.WhenEndedAsync(session)).Text);
            await AssertArchivedAsync(session);
        }
    }

    /// <summary>A client that is quicker than the silo that hands its context over is not told that there is none.</summary>
    [Fact]
    public async Task Moved_ClientBackBeforeItIsOpenedAgain_HearsTheRest()
    {
        const string session = "early";
        await using var client = await SpeakAsync(session, pieces: 2);
        client.Abort();
        var context = await FindAsync(session);
        var snapshot = await WhenGivenUpAsync(context);
        await Eventually.IsAsync(async () => (await _service.CountOpenAsync()).Grains, 0, Cancellation);
        await using var back = await ComeBackAsync(session, offset: 2);
        await Eventually.IsAsync(async () => (await _service.CountOpenAsync()).Grains, 1, Cancellation);
        await back.PushAsync(session, Rest, more: false);

        // The host of the client that left, which hears that its context has moved, may have restored it before; the client that is back owns it then.
        Assert.NotEqual(RestoreOutcome.NeedsFrames, await TryRestoreAsync(context, snapshot));
        Assert.Equal((Text + Rest)[(2 * PieceLength)..], (await back.WhenEndedAsync(session)).Text);
        await AssertArchivedAsync(session);
    }

    [Fact]
    public async Task Moved_EndedWhileItsClientIsAway_IsThereToBeFetched()
    {
        const string session = "ended";
        var isAway = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _service.Upstream.When(Text, async (voice, message) =>
        {
            await isAway.Task;
            await ScriptedContext.Answer(voice, message);
        });
        await using var client = await SocketClient.ConnectAsync(_service, session: session);
        await client.PushAsync(session, Text, more: false);
        await _service.Upstream.Changes.WhenAsync(() => _service.Upstream.ContextsOf(Text).Count == 1, Cancellation);
        client.Abort();
        isAway.SetResult();
        await Eventually.IsTrueAsync(() => _service.IsFinished(session), Cancellation);
        var context = await FindAsync(session);
        await RestoreAsync(context, await WhenGivenUpAsync(context));
        await using var back = await ComeBackAsync(session, offset: 0);

        var heard = await back.WhenEndedAsync(session);
        Assert.Equal((Text, true), (heard.Text, heard.IsDone));
        Assert.Single(_service.Upstream.ContextsOf(Text));
    }

    [Fact]
    public async Task Moved_FromNobodyToNobody_IsCancelledAfterTheLinger()
    {
        await using var service = await RunningService.StartElsewhereAsync("Contexts:ReconnectTimeout=00:00:01");
        service.Upstream.When(Text, (_, _) => Task.CompletedTask);
        await using var client = await SocketClient.ConnectAsync(service, session: "gone");
        await client.PushAsync("gone", Text);
        await service.Upstream.Changes.WhenAsync(() => service.Upstream.ContextsOf(Text).Count == 1, Cancellation);
        client.Abort();
        var context = await FindAsync("gone", service);
        await RestoreAsync(context, await WhenGivenUpAsync(context));

        await Eventually.IsAsync(async () => (await context.GetActivityAsync()).IsOpen, false, Cancellation);
    }

    // Says the first pieces of the text and then waits; repeated text is spoken whole.
    private async Task<SocketClient> SpeakAsync(string session, int pieces)
    {
        var isFirst = true;
        _service.Upstream.When(Text, (context, message) =>
        {
            if (!isFirst)
            {
                return ScriptedContext.Answer(context, message);
            }

            isFirst = false;
            for (var piece = 0; piece < pieces; piece++)
            {
                context.Chunk(Text.AsSpan(piece * PieceLength, PieceLength));
            }

            return Task.CompletedTask;
        });
        var client = await SocketClient.ConnectAsync(_service, session: session);
        await client.PushAsync(session, Text);
        await _service.Upstream.Changes.WhenAsync(() => !isFirst, Cancellation);
        if (pieces > 0)
        {
            await client.WhenAsync(session, heard => heard.Frames.Count == pieces);
        }

        return client;
    }

    private Task<SocketClient> ComeBackAsync(string session, int offset) => SocketClient.ConnectAsync(
        new Uri($"{_service.WebSocket}?session_id={session}&resume={session}:{offset}"),
        options => options.SetRequestHeader("X-API-Key", $"{RunningService.Acme}-key"));

    private async Task<IContextGrain> FindAsync(string session, RunningService? service = null)
    {
        var grains = (service ?? _service).Services.GetRequiredService<IGrainFactory>();
        var key = new SessionKey(RunningService.Acme, session).ToString();
        await Eventually.IsAsync(async () => (await grains.GetGrain<ISessionGrain>(key).GetAsync()).Contexts.Length, 1, Cancellation);
        return grains.GetGrain<IContextGrain>((await grains.GetGrain<ISessionGrain>(key).GetAsync()).Contexts[0].ContextKey);
    }

    // That its client is gone may still be on its way to the context.
    private static async Task<ContextSnapshot> WhenGivenUpAsync(IContextGrain context)
    {
        ContextSnapshot? snapshot = null;
        await Eventually.IsAsync(
            async () =>
            {
                snapshot = await context.MoveAsync();
                return snapshot is not null;
            },
            true,
            Cancellation);
        return snapshot!;
    }

    // As the silo that it leaves does.
    private static async Task RestoreAsync(IContextGrain context, ContextSnapshot snapshot)
        => Assert.Equal(RestoreOutcome.Continues, await TryRestoreAsync(context, snapshot));

    private static async Task<RestoreOutcome> TryRestoreAsync(IContextGrain context, ContextSnapshot snapshot)
    {
        foreach (var frames in snapshot.Frames)
        {
            await context.RestoreFramesAsync(frames);
        }

        return (await context.RestoreAsync(snapshot.Request, owner: null)).Result;
    }

    private async Task AssertArchivedAsync(string session)
    {
        await Eventually.IsTrueAsync(() => _service.IsFinished(session), Cancellation);
        await _service.WhenStoredAsync(Cancellation);
        using var archive = new Sessions.ArchiveClient(_service);
        var wav = await archive.DownloadAsync($"/v1/sessions/{session}/contexts/1/segments/1.wav");
        Assert.Equal(Text + Rest, ScriptedAudio.TextOf(wav.AsSpan(44)));
    }
}
