using System.Text.Json.Nodes;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;

namespace TtsGrains.ApiHost.Tests.Socket;

/// <summary>Models, locales and normalization: which are accepted, and what becomes of an upstream's refusal.</summary>
public sealed class ModelTests(ServiceFixture fixture)
{
    [Theory]
    [InlineData("sonic-latest")]
    [InlineData("sonic-preview")]
    [InlineData("sonic-3.6")]
    [InlineData("sonic-3.6-2026-08-27")]
    [InlineData("sonic-17-some-day")]
    public async Task Model_OfTheOpenSet_ReachesTheUpstreamAsItIs(string model)
    {
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync(model, $"Spoken by {model}.", more: false, change: message => message["model_id"] = model);

        Assert.True((await client.WhenEndedAsync(model)).IsDone);
        Assert.Contains(fixture.Service.Upstream.Received, message => message.Model == model && message.Transcript == $"Spoken by {model}.");
    }

    [Fact]
    public async Task Model_RetiredAtTheUpstream_IsPassedOnAndOpensNoBreaker()
    {
        await using var service = await RunningService.StartAsync("Upstreams:main:BreakAfter=2");
        service.Upstream.Sunset("sonic-2");
        await using var client = await SocketClient.ConnectAsync(service);
        for (var i = 0; i < 6; i++)
        {
            await client.PushAsync($"old-{i}", $"Text {i} for an old model.", more: false, change: message => message["model_id"] = "sonic-2");
            var end = (await client.WhenEndedAsync($"old-{i}")).End!.Value;
            Assert.Equal((400, "model_sunsetted", "Model sunsetted"), (end.GetProperty("status_code").GetInt32(), end.GetProperty("error_code").GetString(), end.GetProperty("title").GetString()));
        }

        await client.PushAsync("new", "A current model.", more: false);

        Assert.True((await client.WhenEndedAsync("new")).IsDone);
    }

    [Theory]
    [InlineData("sonic-2", "model_sunsetted")]
    [InlineData("sonic-turbo-2025-03-07", "model_sunsetted")]
    [InlineData("sonic-latest", null)]
    [InlineData("bass-1", "model_not_found")]
    public async Task Model_InTheSettings_IsRefusedByItsKind(string model, string? code)
    {
        await using var service = await RunningService.StartAsync("Socket:SunsetModels:0=sonic-2", "Socket:SunsetModels:1=sonic-turbo*");
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("c", "By a model.", more: false, change: message => message["model_id"] = model);
        var heard = await client.WhenEndedAsync("c");

        Assert.Equal(code, heard.IsDone ? null : heard.End!.Value.GetProperty("error_code").GetString());
    }

    [Theory]
    [InlineData("en", "en-GB")]
    [InlineData("en", "en")]
    public async Task Locale_BesideALanguage_IsRefused(string language, string locale)
    {
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync($"both-{locale}", "Twice.", more: false, change: message => (message["language"], message["locale"]) = (language, locale));
        var end = (await client.WhenEndedAsync($"both-{locale}")).End!.Value;

        Assert.Equal(400, end.GetProperty("status_code").GetInt32());
        Assert.Contains("locale", end.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"auto\"", true)]
    [InlineData("\"off\"", true)]
    [InlineData("\"en-GB\"", true)]
    [InlineData("\"pt_BR\"", true)]
    [InlineData("null", true)]
    [InlineData("\"perhaps\"", false)]
    [InlineData("\"en-\"", false)]
    [InlineData("true", false)]
    public async Task Normalization_TakesALocaleCode(string value, bool isAccepted)
    {
        await using var client = await fixture.ConnectAsync();
        var context = $"normalization {value}";
        await client.PushAsync(context, $"Normalized {value}.", more: false, change: message => message["normalization"] = JsonNode.Parse(value));
        var heard = await client.WhenEndedAsync(context);

        Assert.Equal(isAccepted, heard.IsDone);
    }
}
