using System.Net;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Telemetry;

/// <summary>Where Prometheus reads an API host: on a port of its own, and nowhere else.</summary>
public sealed class MetricsPortTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_OnTheirPort_AreThoseOfTheServiceOrleansAndTheRuntime()
    {
        await using var service = await RunningService.StartAsync("Listen:Metrics=0");
        using var client = new HttpClient { BaseAddress = service.Metrics };

        // Services of other tests in this process write the same gauge while they start.
        await Eventually.IsAsync(async () => (await client.GetStringAsync("/metrics", Token)).Contains("tts_ready{} 1\n", StringComparison.Ordinal), true, Token);
        using var answer = await client.GetAsync("/metrics", Token);
        var page = await answer.Content.ReadAsStringAsync(Token);

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Contains("tts_upstream_connections{upstream=\"main\"} ", page, StringComparison.Ordinal);
        Assert.Contains("# TYPE orleans_catalog_activations gauge\n", page, StringComparison.Ordinal);
        Assert.Contains("\ndotnet_process_memory_working_set_bytes{} ", page, StringComparison.Ordinal);
        Assert.Contains("service_name=\"ttsgrains-apihost\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_OnAPortForClients_DoNotExist()
    {
        await using var service = await RunningService.StartAsync("Listen:Metrics=0");
        using var client = new HttpClient { BaseAddress = service.Http };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Host = service.Metrics!.Authority;

        using var answer = await client.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/v1/sessions")]
    [InlineData("/tts/websocket")]
    public async Task OtherPaths_OnThePortForMetrics_DoNotExist(string path)
    {
        await using var service = await RunningService.StartAsync("Listen:Metrics=0");
        using var client = new HttpClient { BaseAddress = service.Metrics };

        using var answer = await client.GetAsync(path, Token);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("Production", HttpStatusCode.NotFound)]
    [InlineData("Development", HttpStatusCode.OK)]
    public async Task Metrics_WithoutAPort_AreServedInDevelopmentOnly(string environment, HttpStatusCode expected)
    {
        await using var service = await RunningService.StartAsync($"environment={environment}", "Listen:Https=0");
        using var client = new HttpClient { BaseAddress = service.Http };

        using var answer = await client.GetAsync("/metrics", Token);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task Telemetry_TurnedOffByItsVariable_LeavesTheServiceRunning()
    {
        await using var service = await RunningService.StartAsync("Listen:Metrics=0", "OTEL_SDK_DISABLED=true");
        using var client = new HttpClient { BaseAddress = service.Metrics };

        using var answer = await client.GetAsync("/metrics", Token);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.True(service.Pool.IsReady);
    }
}
