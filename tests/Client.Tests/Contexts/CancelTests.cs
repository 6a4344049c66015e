using System.Text;
using TtsGrains.Client.Events;
using TtsGrains.Client.Tests.Scripted;

namespace TtsGrains.Client.Tests.Contexts;

public sealed class CancelTests
{
    [Fact]
    public async Task ReadAsync_TokenCancelled_TellsTheServiceAndThrows()
    {
        await using var service = await ScriptedService.StartAsync();
        await using var client = Scene.NewClient(service.Url);
        await using var context = client.Open("c");
        await context.PushAsync("Hello there.", cancellationToken: Scene.Stop);
        using var cancelling = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in context.ReadAsync(cancelling.Token))
            {
                await cancelling.CancelAsync();
            }
        });

        await service.Changes.WhenAsync(() => service.Find("c")?.IsCancelled == true, Scene.Stop);
    }

    [Fact]
    public async Task CancelAsync_EventsWait_NoneIsReadAndInputIsRefused()
    {
        await using var service = await ScriptedService.StartAsync();
        await using var client = Scene.NewClient(service.Url);
        await using var context = client.Open("c");
        await context.PushAsync("Hello there.", cancellationToken: Scene.Stop);
        await context.CancelAsync();

        Assert.Empty(await context.ReadAllAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(() => context.PushAsync("more", cancellationToken: Scene.Stop));
        await service.Changes.WhenAsync(() => service.Find("c")?.IsCancelled == true, Scene.Stop);
    }

    [Fact]
    public async Task Context_DisposedInMidSpeech_IsCancelledAndTheOthersGoOn()
    {
        await using var service = await ScriptedService.StartAsync();
        await using var client = Scene.NewClient(service.Url);
        await using var other = client.Open("other");
        await using (var context = client.Open("c"))
        {
            await context.PushAsync("Hello there.", cancellationToken: Scene.Stop);
        }

        await service.Changes.WhenAsync(() => service.Find("c")?.IsCancelled == true, Scene.Stop);
        await other.SayAsync("Still here.");
        Assert.Equal("Still here.", Encoding.UTF8.GetString((await other.ReadAllAsync()).Audio()));
    }

    [Fact]
    public async Task Client_DisposedInMidSpeech_TellsTheServiceAndTheReader()
    {
        await using var service = await ScriptedService.StartAsync();
        Task<List<TtsEvent>> reading;
        await using (var client = Scene.NewClient(service.Url))
        {
            var context = client.Open("c");
            reading = context.ReadAllAsync();
            await context.PushAsync("Hello there.", cancellationToken: Scene.Stop);
        }

        Assert.Equal("client_disposed", (await Assert.ThrowsAsync<TtsException>(() => reading)).Code);
        await service.Changes.WhenAsync(() => service.Find("c")?.IsCancelled == true, Scene.Stop);
    }

    [Fact]
    public async Task OpenContext_IdInUse_IsRefused()
    {
        await using var service = await ScriptedService.StartAsync();
        await using var client = Scene.NewClient(service.Url);
        await using var context = client.Open("c");

        Assert.Throws<ArgumentException>(() => client.Open("c"));
    }

    [Fact]
    public async Task PushAsync_AfterComplete_IsRefused()
    {
        await using var service = await ScriptedService.StartAsync();
        await using var client = Scene.NewClient(service.Url);
        await using var context = client.Open("c");
        await context.CompleteAsync(Scene.Stop);

        await Assert.ThrowsAsync<InvalidOperationException>(() => context.PushAsync("more", cancellationToken: Scene.Stop));
    }
}
