using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;

[assembly: AssemblyFixture(typeof(ServiceFixture))]

namespace TtsGrains.ApiHost.Tests.Hosting;

/// <summary>One service with its defaults for all tests that need no other: each uses context ids and texts of its own.</summary>
public sealed class ServiceFixture : IAsyncLifetime
{
    /// <summary>Keys of acme beside its first: each with one scope, whose name it begins with, one with all of them, and one that has expired.</summary>
    public static readonly string[] Keys =
    [
        .. ScopeNames.All.Select((scope, i) => $"Tenants:{RunningService.Acme}:Keys:{i + 1}={ApiKey.HashOf($"{scope}-key")} scopes={scope}"),
        $"Tenants:{RunningService.Acme}:Keys:8={ApiKey.HashOf("all-key")} scopes={string.Join(',', ScopeNames.All)}",
        $"Tenants:{RunningService.Acme}:Keys:9={ApiKey.HashOf("expired-key")} expires=2020-01-01",
    ];

    private RunningService? _service;

    public RunningService Service => _service ?? throw new InvalidOperationException("The service has not started.");

    public async ValueTask InitializeAsync() => _service = await RunningService.StartAsync(Keys);

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }
    }

    /// <summary>A client's socket, checked against the protocol.</summary>
    public Task<SocketClient> ConnectAsync() => SocketClient.ConnectAsync(Service);
}
