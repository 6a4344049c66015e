using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Contexts;

/// <summary>A service of one process opens contexts ahead of their grains.</summary>
public sealed class LocalOpeningTests
{
    private static readonly ContextScript Silence = (context, message) => message.IsCancel ? ScriptedContext.Answer(context, message) : Task.CompletedTask;

    [Fact]
    public async Task Speech_IsHeard_WhileSessionAndGrainDoNotAnswer()
    {
        var calls = new HeldCalls(nameof(ISessionGrain.OnOpenedAsync), nameof(IContextGrain.ActivateAsync));
        await using var service = await RunningService.StartWithAsync(services => services.AddSingleton<IIncomingGrainCallFilter>(calls));
        await using var client = await SocketClient.ConnectAsync(service, session: "call");

        await client.PushAsync("c", "Heard at once.", more: false);

        var end = await client.WhenEndedAsync("c");
        Assert.True(end.IsDone);
        Assert.Equal("Heard at once.", end.Text);
        calls.Release();
        await service.WhenArchivedAsync(RunningService.Acme, "call", "c");
    }

    [Fact]
    public async Task Context_WhoseGrainCannotBeActivated_EndsWithAnError()
    {
        var calls = new HeldCalls(nameof(IContextGrain.ActivateAsync));
        await using var service = await RunningService.StartWithAsync(services => services.AddSingleton<IIncomingGrainCallFilter>(calls));
        service.Upstream.When("Hold", Silence);
        await using var client = await SocketClient.ConnectAsync(service);

        await client.PushAsync("c", "Hold on.");
        await service.Upstream.Changes.WhenAsync(() => service.Upstream.ContextsOf("Hold").Count == 1, TestContext.Current.CancellationToken);
        calls.Fail();

        Assert.Equal("shutting_down", (await client.WhenEndedAsync("c")).ErrorCode);
        await Eventually.IsAsync(async () => (await service.CountOpenAsync()).Admitted, 0, TestContext.Current.CancellationToken);
    }

    /// <summary>Holds calls of some methods until the test says what becomes of them.</summary>
    private sealed class HeldCalls(params string[] methods) : IIncomingGrainCallFilter
    {
        private readonly TaskCompletionSource _fate = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => _fate.TrySetResult();

        public void Fail() => _fate.TrySetException(new InvalidOperationException("The grain cannot be activated."));

        public async Task Invoke(IIncomingGrainCallContext context)
        {
            // The warm-up must not wait.
            if (methods.Contains(context.InterfaceMethod.Name, StringComparer.Ordinal) && context.TargetId.ToString().Contains(RunningService.Acme, StringComparison.Ordinal))
            {
                await _fate.Task;
            }

            await context.Invoke();
        }
    }
}
