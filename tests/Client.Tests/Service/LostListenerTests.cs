using TtsGrains.Client.Contexts;
using TtsGrains.Client.Events;
using TtsGrains.Client.Sessions;
using TtsGrains.Client.Tests.Scripted;
using TtsGrains.Protocol.Audio;
using TtsGrains.Testing;

namespace TtsGrains.Client.Tests.Service;

/// <summary>A listener that loses its socket hears all that the real service's session says, once, though contexts begin and end while it is away.</summary>
public sealed class LostListenerTests(RealService service)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Live_LostTwice_MissesNoContext(bool changed)
    {
        var network = new LossyNetwork();
        using var handler = network.NewHandler();
        await using var client = service.NewClient(handler);
        var owner = service.NewClient();
        await SayAsync(owner, "before", "Said before anyone listened.");
        await using var silent = await BeginAsync(owner, "silent", "Nobody heard this. ");
        await WhenListenedAsync(owner, 0);

        var heard = new List<TtsEvent>();
        var changes = new Changes();
        var listening = Task.Run(async () =>
        {
            var options = new ListenOptions { Format = changed ? new AudioFormat(AudioEncoding.PcmMulaw, 8000) : null };
            await foreach (var item in client.ListenAsync(owner.SessionId!, options, Scene.Stop))
            {
                lock (heard)
                {
                    heard.Add(item);
                }

                changes.Note();
            }
        }, Scene.Stop);
        await WhenListenedAsync(owner, 1);
        await SayAsync(owner, "first", "Heard at once.");
        await changes.WhenAsync(() => Has("first"), Scene.Stop);

        network.GoAway();
        await SayAsync(owner, "second", "Begun and over while away.");
        await using var third = await BeginAsync(owner, "third", "Begun while away, ");
        await silent.PushAsync("But this was heard.", cancellationToken: Scene.Stop);
        await FinishAsync(silent);
        network.ComeBack();
        await changes.WhenAsync(() => Has("second") && Has("silent"), Scene.Stop);

        network.GoAway();
        await third.PushAsync("and over the next time.", cancellationToken: Scene.Stop);
        await FinishAsync(third);
        network.ComeBack();
        await changes.WhenAsync(() => Has("third"), Scene.Stop);
        await owner.DisposeAsync();
        await listening;

        Assert.Equal("Heard at once.", WordsOf("first"));
        Assert.Equal("Begun and over while away.", WordsOf("second"));
        Assert.Equal("Begun while away, and over the next time.", WordsOf("third"));
        Assert.Equal("But this was heard.", WordsOf("silent"));
        Assert.Equal("", WordsOf("before"));
        Assert.DoesNotContain(heard, item => item is GapEvent);

        bool Has(string context)
        {
            lock (heard)
            {
                return heard.Exists(item => item is DoneEvent && item.ContextId == context);
            }
        }

        string WordsOf(string context)
            => string.Join(' ', heard.Where(item => item.ContextId == context).OfType<WordsEvent>().SelectMany(item => item.Words).Select(word => word.Text));
    }

    private static TtsContext Open(TtsClient client, string id)
        => client.OpenContext(new TtsContextOptions { Voice = RealService.Voice, ContextId = id, MaxBufferDelayMs = 0 });

    private static async Task SayAsync(TtsClient client, string id, string text)
    {
        await using var context = Open(client, id);
        await context.PushAsync(text, cancellationToken: Scene.Stop);
        await FinishAsync(context);
    }

    private static async Task FinishAsync(TtsContext context)
    {
        await context.CompleteAsync(Scene.Stop);
        Assert.IsType<DoneEvent>((await context.ReadAllAsync())[^1]);
    }

    // Everything of the text has been said when its flush is done. The reader of the context is not used up by that.
    private async Task<TtsContext> BeginAsync(TtsClient client, string id, string text)
    {
        var context = Open(client, id);
        await context.PushAsync(text, cancellationToken: Scene.Stop);
        await context.FlushAsync(Scene.Stop);
        await using var other = service.NewClient();
        await foreach (var item in other.ListenAsync(client.SessionId!, new ListenOptions { From = [ListenFrom.Start] }, Scene.Stop))
        {
            if (item is FlushDoneEvent && item.ContextId == id)
            {
                break;
            }
        }

        return context;
    }

    private static Task WhenListenedAsync(TtsClient client, int listeners)
        => Eventually.IsAsync(async () => (await client.Sessions.GetAsync(client.SessionId!, Scene.Stop)).More["listeners"].GetInt32(), listeners, Scene.Stop);
}
