using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;

[assembly: AssemblyFixture(typeof(ServiceFixture))]

namespace TtsGrains.ApiHost.Tests.Hosting;

/// <summary>One service with its defaults for all tests that need no other: each uses context ids and texts of its own.</summary>
public sealed class ServiceFixture : IAsyncLifetime
{
    private RunningService? _service;

    public RunningService Service => _service ?? throw new InvalidOperationException("The service has not started.");

    public async ValueTask InitializeAsync() => _service = await RunningService.StartAsync();

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
