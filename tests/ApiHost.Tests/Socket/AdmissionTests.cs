using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Socket;

/// <summary>Who is let in, and with how much.</summary>
public sealed class AdmissionTests(ServiceFixture fixture)
{
    private static readonly ContextScript Silence = (context, message) => message.IsCancel ? ScriptedContext.Answer(context, message) : Task.CompletedTask;

    [Theory]
    [InlineData("Authorization", "Bearer acme-key", "")]
    [InlineData("Authorization", "bearer acme-key", "")]
    [InlineData("X-API-Key", "acme-key", "")]
    [InlineData("x-api-key", "acme-key", "")]
    [InlineData("", "", "?api_key=acme-key&cartesia_version=2025-04-16")]
    [InlineData("", "", "?access_token=acme-key")]
    public async Task Credential_AnyOfFourWays_IsLetIn(string header, string value, string query)
    {
        await using var client = await SocketClient.ConnectAsync(new Uri(fixture.Service.WebSocket + query), options =>
        {
            if (header.Length > 0)
            {
                options.SetRequestHeader(header, value);
            }
        });
        await client.PushAsync("hello", "Let in.", more: false);

        Assert.True((await client.WhenEndedAsync("hello")).IsDone);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?api_key=wrong")]
    [InlineData("?api_key=")]
    [InlineData("?access_token=ACME-KEY")]
    public async Task Credential_WrongOrMissing_Is401BeforeTheUpgrade(string query)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{fixture.Service.Http}tts/websocket{query}");
        request.Headers.TryAddWithoutValidation("Cartesia-Version", "2026-03-01");
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<WebSocketException>(() => SocketClient.ConnectAsync(new Uri(fixture.Service.WebSocket + query)));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("\"error_code\":\"unauthorized\"", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.True(response.Headers.Contains("X-Request-Id"));
    }

    [Fact]
    public async Task Tenant_AtItsLimit_IsToldAndLetInAgainWhenAContextEnds()
    {
        await using var service = await RunningService.StartAsync("Tenants:acme:MaxOpenContexts=2");
        service.Upstream.When("Hold", Silence);
        await using var first = await SocketClient.ConnectAsync(service);
        await using var second = await SocketClient.ConnectAsync(service);
        await using var other = await SocketClient.ConnectAsync(service, RunningService.Bolt);
        await first.PushAsync("a", "Hold on.");
        await second.PushAsync("b", "Hold on.");
        await service.Upstream.Changes.WhenAsync(() => service.Upstream.ContextsOf("Hold").Count == 2, TestContext.Current.CancellationToken);

        await second.PushAsync("c", "One too many.");
        await other.PushAsync("d", "Not my limit.", more: false);

        var refused = await second.WhenEndedAsync("c");
        Assert.Equal(("concurrency_limited", 429), (refused.ErrorCode, refused.End!.Value.GetProperty("status_code").GetInt32()));
        Assert.Equal(1000, refused.End!.Value.GetProperty("retry_after_ms").GetInt32());
        Assert.True((await other.WhenEndedAsync("d")).IsDone);

        await first.CancelAsync("a");
        await Eventually.IsAsync(async () => (await service.CountOpenAsync()).Admitted, 1, TestContext.Current.CancellationToken);
        await second.PushAsync("e", "Room again.", more: false);
        Assert.Equal("Room again.", (await second.WhenEndedAsync("e")).Text);
    }

    [Fact]
    public async Task RefusedContext_TouchesNoContextGrainAndNoSession()
    {
        var calls = new CalledGrains();
        await using var service = await RunningService.StartWithAsync(services => services.AddSingleton<IIncomingGrainCallFilter>(calls), "Tenants:acme:MaxOpenContexts=1");
        service.Upstream.When("Hold", Silence);
        await using var client = await SocketClient.ConnectAsync(service, session: "busy");
        await client.PushAsync("held", "Hold on.");
        await service.Upstream.Changes.WhenAsync(() => service.Upstream.ContextsOf("Hold").Count == 1, TestContext.Current.CancellationToken);

        for (var i = 0; i < 50; i++)
        {
            await client.PushAsync($"refused-{i}", "One too many.", more: false);
            Assert.Equal("concurrency_limited", (await client.WhenEndedAsync($"refused-{i}")).ErrorCode);
        }

        await Eventually.IsTrueAsync(() => calls.Ids.Any(id => id.Contains("held", StringComparison.Ordinal)), TestContext.Current.CancellationToken);
        Assert.DoesNotContain(calls.Ids, id => id.Contains("refused", StringComparison.Ordinal));
        var session = service.Services.GetRequiredService<IGrainFactory>().GetGrain<ISessionGrain>(new SessionKey(RunningService.Acme, "busy").ToString());
        Assert.Equal("held", ContextKey.Parse(Assert.Single((await session.GetAsync()).Contexts).ContextKey).Context);
    }

    /// <summary>A push that crossed with the refusal of its context once opened the context anew, in the middle of its text, or drew a second error.</summary>
    [Theory]
    [InlineData("Tenants:acme:MaxOpenContexts=1")]
    [InlineData("Socket:MaxContexts=1")]
    public async Task RefusedContext_WithManyPushesUnderWay_IsToldOnceAndNoneIsSpoken(string limit)
    {
        const int Pushes = 40;
        await using var service = await RunningService.StartAsync(limit);
        service.Upstream.When("Hold", Silence);
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("held", "Hold on.");
        await service.Upstream.Changes.WhenAsync(() => service.Upstream.ContextsOf("Hold").Count == 1, TestContext.Current.CancellationToken);
        for (var i = 0; i < Pushes; i++)
        {
            // Half-way there would be room.
            if (i == Pushes / 2)
            {
                await client.WhenEndedAsync("refused");
                await client.CancelAsync("held");
                await Eventually.IsAsync(async () => (await service.CountOpenAsync()).Admitted, 0, TestContext.Current.CancellationToken);
            }

            await client.SendAsync("refused", SocketClient.Message("refused", $"Part {i}. ", more: i < Pushes - 1, change: message => message["input"] = i).ToJsonString());
        }

        await client.WhenReadAsync();
        var refused = client.Find("refused")!;

        Assert.Equal("concurrency_limited", refused.ErrorCode);
        Assert.Single(client.Order, id => id == "refused");
        Assert.DoesNotContain(service.Upstream.Received, message => message.Transcript.StartsWith("Part", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RefusedContext_PushesWithoutNumbersUnderWay_IsToldOnceAndMayComeBackBehindItsLastOne()
    {
        await using var service = await RunningService.StartAsync("Socket:MaxContexts=1");
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("held", "Wait. ");
        for (var i = 0; i < 40; i++)
        {
            await client.PushAsync("refused", $"Part {i}. ");
        }

        await client.PushAsync("refused", "The last part.", more: false);
        await client.PushAsync("held", "Done.", more: false);
        await client.WhenEndedAsync("held");
        Assert.Single(client.Order, id => id == "refused");

        await client.PushAsync("refused", "Another try.", more: false);
        Assert.Equal("Another try.", (await client.WhenAsync("refused", heard => heard.IsDone)).Text);
    }

    [Fact]
    public async Task Socket_AtItsLimit_IsToldAndItsContextsGoOn()
    {
        await using var service = await RunningService.StartAsync("Socket:MaxContexts=2");
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("a", "One. ");
        await client.PushAsync("b", "Two. ");
        await client.PushAsync("c", "Three. ");

        Assert.Equal("concurrency_limited", (await client.WhenEndedAsync("c")).ErrorCode);
        await client.PushAsync("a", "Done.", more: false);
        await client.PushAsync("b", "Done.", more: false);
        Assert.Equal(("One. Done.", "Two. Done."), ((await client.WhenEndedAsync("a")).Text, (await client.WhenEndedAsync("b")).Text));
    }

    /// <summary>Notes the grains of this service that are called.</summary>
    private sealed class CalledGrains : IIncomingGrainCallFilter
    {
        private readonly ConcurrentBag<string> _ids = [];

        public IReadOnlyCollection<string> Ids => _ids;

        public Task Invoke(IIncomingGrainCallContext context)
        {
            _ids.Add(context.TargetId.ToString());
            return context.Invoke();
        }
    }
}
