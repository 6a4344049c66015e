using System.Text;
using TtsGrains.Client.Tests.Scripted;

namespace TtsGrains.Client.Tests.Contexts;

public sealed class SlowReaderTests
{
    private const int Room = 4096;

    private static readonly string LongText = string.Concat(Enumerable.Range(0, 2000).Select(n => FormattableString.Invariant($"word {n} ")));

    [Fact]
    public async Task Context_NobodyReads_TheOthersGoOnAndItsEventsComeWithoutAHole()
    {
        await using var service = await ScriptedService.StartAsync();
        await using var client = Scene.NewClient(service.Url, room: Room);
        await using var slow = client.Open("slow");
        await using var quick = client.Open("quick");
        await slow.SayAsync(LongText);

        var reading = quick.ReadAllAsync();
        await quick.SayAsync("Quick as ever.");
        Assert.Equal("Quick as ever.", Encoding.UTF8.GetString((await reading).Audio()));

        // The quick one was heard to its end behind all of the slow one's frames on the shared socket.
        await service.Changes.WhenAsync(() => service.Sockets.Count == 2, Scene.Stop);
        Assert.Equal(LongText, Encoding.UTF8.GetString((await slow.ReadAllAsync()).Audio()));
    }

    [Fact]
    public async Task Context_NobodyReadsAndNoSessions_EndsHonestlyAndTheOthersGoOn()
    {
        await using var service = await ScriptedService.StartAsync(hasSessions: false);
        await using var client = Scene.NewClient(service.Url, room: Room);
        await using var slow = client.Open("slow");
        await using var quick = client.Open("quick");
        var pushing = slow.PushAsync(LongText, cancellationToken: Scene.Stop);

        var reading = quick.ReadAllAsync();
        await quick.SayAsync("Quick as ever.");
        Assert.Equal("Quick as ever.", Encoding.UTF8.GetString((await reading).Audio()));

        var failure = await Assert.ThrowsAsync<TtsException>(slow.ReadAllAsync);
        Assert.Equal("reader_too_slow", failure.Code);

        // The audio may be back before the push is over, which then says the same.
        Assert.True(await Record.ExceptionAsync(() => pushing) is null or TtsException { Code: "reader_too_slow" });
        await service.Changes.WhenAsync(() => service.Find("slow")?.IsCancelled == true, Scene.Stop);
    }
}
