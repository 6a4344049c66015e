using Microsoft.Extensions.Options;
using Xunit;

namespace TtsGrains.Grains.Tests.Hosting;

public sealed class HostExitTests
{
    [Fact]
    public async Task Guard_ProgramThatRuns_EndsWithZero() => Assert.Equal(0, await HostExit.GuardAsync("test", () => Task.CompletedTask));

    [Fact]
    public async Task Guard_WrongSetting_EndsWithTwo()
        => Assert.Equal(HostExit.WrongSettings, await HostExit.GuardAsync("test", () => throw new SettingsException("Some:Setting is wrong.")));

    [Fact]
    public async Task Guard_Fault_IsNotHidden()
        => await Assert.ThrowsAsync<InvalidOperationException>(() => HostExit.GuardAsync("test", () => throw new InvalidOperationException()));

    [Fact]
    public void Explain_SeveralWrongOptions_NamesThemAll()
    {
        var one = new OptionsValidationException("a", typeof(object), ["Property Archive:Path: is empty; it must name a folder."]);
        var two = new OptionsValidationException("b", typeof(object), ["Upstreams:main:Url must be a WebSocket address."]);

        Assert.Equal(
            ["Archive:Path is empty; it must name a folder.", "Upstreams:main:Url must be a WebSocket address."],
            HostExit.Explain(new AggregateException(one, two)));
    }

    [Fact]
    public void Explain_OneFaultAmongMany_IsNotForTheOperator()
        => Assert.Null(HostExit.Explain(new AggregateException(new SettingsException("Some:Setting is wrong."), new InvalidOperationException())));
}
