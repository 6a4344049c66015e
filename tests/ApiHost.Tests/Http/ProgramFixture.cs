using TtsGrains.ApiHost.Tests.Http;

[assembly: AssemblyFixture(typeof(ProgramFixture))]

namespace TtsGrains.ApiHost.Tests.Http;

/// <summary>One program that all tests of HTTP share which need no settings of their own.</summary>
public sealed class ProgramFixture : IAsyncLifetime
{
    private RunningProgram? _program;

    internal RunningProgram Program => _program ?? throw new InvalidOperationException("The program has not started.");

    public async ValueTask InitializeAsync() => _program = await RunningProgram.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _program?.DisposeAsync() ?? ValueTask.CompletedTask;
}
