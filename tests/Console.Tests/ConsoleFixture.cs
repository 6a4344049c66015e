using Microsoft.Playwright;
using TtsGrains.Console.Tests;

[assembly: AssemblyFixture(typeof(ConsoleFixture))]

// Each test has a profile of its own: those of one class need not wait for each other.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.All)]

namespace TtsGrains.Console.Tests;

/// <summary>One service and one browser for all tests.</summary>
public sealed class ConsoleFixture : IAsyncLifetime
{
    private ServiceProcess? _service;
    private ConsoleBrowser? _browser;

    /// <summary>The address of the service.</summary>
    public Uri Service => _service!.Address;

    public async ValueTask InitializeAsync()
    {
        _service = await ServiceProcess.StartAsync();
        _browser = await ConsoleBrowser.StartAsync();
    }

    /// <summary>Opens the console in a profile of its own.</summary>
    /// <param name="key">The key to sign in with; null stays at the sign-in.</param>
    /// <param name="options">The profile; null is a desktop in light colours.</param>
    internal Task<ConsolePage> OpenAsync(string? key = ServiceProcess.AcmeKey, BrowserNewContextOptions? options = null) => _browser!.OpenAsync(Service, key, options);

    /// <summary>Opens a call of the tenant that the console signs in for.</summary>
    internal Task<Call> CallAsync(string? reference = null) => Call.OpenAsync(Service, reference);

    public async ValueTask DisposeAsync()
    {
        await (_browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_service?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
