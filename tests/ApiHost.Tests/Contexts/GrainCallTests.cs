using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Contexts;

/// <summary>The grain calls that a context costs in a service of one process.</summary>
public sealed class GrainCallTests
{
    [Fact]
    public async Task Context_OpenedPushedAndFinished_CallsOnlyItselfAndItsSession()
    {
        const int Pushes = 5;
        var calls = new CountedCalls();
        await using var service = await RunningService.StartWithAsync(services => services.AddSingleton<IIncomingGrainCallFilter>(calls));
        await using var client = await SocketClient.ConnectAsync(service);
        await client.WhenReadAsync();
        calls.Clear();

        for (var i = 0; i < Pushes; i++)
        {
            await client.PushAsync("c", $"Part {i}. ", more: i < Pushes - 1);
        }

        Assert.True((await client.WhenEndedAsync("c")).IsDone);

        // The context does not wait for any of these calls: its end may come before them.
        await WhenCalledAsync("IContextGrain.PushAsync", Pushes - 1);
        await WhenCalledAsync("IContextGrain.ActivateAsync", 1);
        await WhenCalledAsync("ISessionGrain.OnOpenedAsync", 1);
        Assert.Equal(0, calls["IContextGrain.OpenAsync"]);
        Assert.DoesNotContain(calls.Names, name => name.StartsWith("IConnectionGrain", StringComparison.Ordinal));
        Assert.DoesNotContain(calls.Names, name => name is "ITenantGrain.AdmitAsync" or "ITenantGrain.ReleaseAsync");

        Task WhenCalledAsync(string method, int times)
            => Eventually.IsAsync(() => Task.FromResult(calls[method]), times, TestContext.Current.CancellationToken);
    }

    private sealed class CountedCalls : IIncomingGrainCallFilter
    {
        private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);

        public ICollection<string> Names => _counts.Keys;

        public int this[string name] => _counts.GetValueOrDefault(name);

        public void Clear() => _counts.Clear();

        public Task Invoke(IIncomingGrainCallContext context)
        {
            _counts.AddOrUpdate($"{context.InterfaceMethod.DeclaringType?.Name}.{context.InterfaceMethod.Name}", 1, (_, count) => count + 1);
            return context.Invoke();
        }
    }
}
