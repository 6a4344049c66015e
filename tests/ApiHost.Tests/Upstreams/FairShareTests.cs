using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Upstreams;

/// <summary>A greedy tenant and a quiet one at an upstream with few places.</summary>
public sealed class FairShareTests
{
    private const int Most = 4;

    // Its share is half of the places.
    private const int Greedy = 20 * Most / 2;

    private static readonly string[] Patient =
        ["Upstreams:main:QueueDeadline=00:05:00", "Upstreams:main:FirstAudioTimeout=00:05:00", "Upstreams:main:ProgressTimeout=00:05:00"];

    private static readonly string[] Scarce = [.. Patient, $"Upstreams:main:MaxContexts={Most}"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Greedy_AtTwentyTimesItsShare_EachThatEndsGoesToTheQuietOneUpToItsShare()
    {
        await using var service = await RunningService.StartAsync(Scarce);
        service.Upstream.When("Hold", Hold);
        await using var greedy = await SocketClient.ConnectAsync(service);
        await using var quiet = await SocketClient.ConnectAsync(service, RunningService.Bolt);
        await PushManyAsync(service, greedy, "greedy", Greedy, waiting: Greedy - Most);
        await PushManyAsync(service, quiet, "quiet", 3, waiting: Greedy - Most + 3);

        // Each tenant has two after that, and from then on they take turns.
        for (var served = Most + 1; served <= Most + 4; served++)
        {
            service.Upstream.ContextsOf("Hold greedy").First(context => !context.HasEnded).Done();
            await WhenStartedAsync(service, served);
        }

        Assert.Equal(["quiet", "quiet"], TenantsOf(service).Skip(Most).Take(2));
        Assert.Equal(2, TenantsOf(service).Skip(Most + 2).Count(tenant => tenant == "greedy"));
        service.Upstream.ContextsOf("Hold quiet").First(context => !context.HasEnded).Done();
        await WhenStartedAsync(service, Most + 5);

        Assert.Equal("quiet", TenantsOf(service).Last());
        await AssertNoneRefusedAsync(service, greedy, quiet, Greedy + 3);
    }

    [Fact]
    public async Task Reserved_TheQuietOneNeverWaits()
    {
        await using var service = await RunningService.StartAsync([.. Scarce, $"Tenants:{RunningService.Bolt}:ReservedContexts=2"]);
        service.Upstream.When("Hold", Hold);
        await using var greedy = await SocketClient.ConnectAsync(service);
        await using var quiet = await SocketClient.ConnectAsync(service, RunningService.Bolt);
        await PushManyAsync(service, greedy, "greedy", Greedy, waiting: Greedy - 2);

        // No place has become free.
        await PushManyAsync(service, quiet, "quiet", 2, waiting: Greedy - 2);

        Assert.Equal(["greedy", "greedy", "quiet", "quiet"], TenantsOf(service));
        await AssertNoneRefusedAsync(service, greedy, quiet, Greedy + 2);
    }

    [Fact]
    public async Task Burst_IsTheMostThoughPlacesAreFree()
    {
        await using var service = await RunningService.StartAsync([.. Scarce, $"Tenants:{RunningService.Acme}:BurstContexts=3"]);
        service.Upstream.When("Hold", Hold);
        await using var greedy = await SocketClient.ConnectAsync(service);
        await PushManyAsync(service, greedy, "greedy", 5, waiting: 2);

        await using var other = await SocketClient.ConnectAsync(service, RunningService.Bolt);
        await other.PushAsync("other", "Not held.", more: false);
        Assert.Equal("Not held.", (await other.WhenEndedAsync("other")).Text);
        Assert.Equal((3, 2), (service.Pool.SlotsTaken, service.Pool.Waiting));
    }

    [Fact]
    public async Task Priority_OfOneTenant_LiveBeforeCallbackBeforeBatch()
    {
        await using var service = await RunningService.StartAsync([.. Patient, "Upstreams:main:MaxContexts=1"]);
        service.Upstream.When("Hold", Hold);
        await using var first = await SocketClient.ConnectAsync(service);
        await first.PushAsync("first", "Hold first");
        await WhenStartedAsync(service, 1);
        await using var batch = await ConnectAsync(service, "?priority=batch", header: null);
        await using var callback = await ConnectAsync(service, "", header: "callback");
        await using var live = await ConnectAsync(service, "?priority=live", header: "batch");
        await PushManyAsync(service, batch, "batch", 2, waiting: 2);
        await PushManyAsync(service, callback, "callback", 1, waiting: 3);
        await PushManyAsync(service, live, "live", 1, waiting: 4);
        for (var served = 1; served <= 4; served++)
        {
            service.Upstream.ContextsOf("Hold")[^1].Done();
            await WhenStartedAsync(service, served + 1);
        }

        Assert.Equal(["first", "live", "callback", "batch", "batch"], TenantsOf(service));
    }

    [Theory]
    [InlineData("?priority=urgent", null)]
    [InlineData("", "Live")]
    public async Task Priority_Unknown_IsRefusedWithTheRule(string query, string? header)
    {
        await using var service = await RunningService.StartAsync();
        using var http = new HttpClient { BaseAddress = service.Http };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/tts/bytes{query}") { Content = JsonContent.Create(new { transcript = "Hello." }) };
        request.Headers.Add("X-API-Key", $"{RunningService.Acme}-key");
        if (header is not null)
        {
            request.Headers.Add("X-Priority", header);
        }

        using var refused = await http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("live, callback or batch", (await refused.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private static Task<SocketClient> ConnectAsync(RunningService service, string query, string? header)
        => SocketClient.ConnectAsync(new Uri($"{service.WebSocket}{query}"), options =>
        {
            options.SetRequestHeader("X-API-Key", $"{RunningService.Acme}-key");
            if (header is not null)
            {
                options.SetRequestHeader("X-Priority", header);
            }
        });

    private static async Task PushManyAsync(RunningService service, SocketClient client, string name, int contexts, int waiting)
    {
        var started = service.Upstream.ContextsOf("Hold").Count + contexts - (waiting - service.Pool.Waiting);
        for (var i = 0; i < contexts; i++)
        {
            await client.PushAsync($"{name}{i}", $"Hold {name}", more: false);
        }

        await Eventually.IsTrueAsync(() => service.Pool.Waiting == waiting, Cancellation);
        await WhenStartedAsync(service, started);
    }

    private static Task WhenStartedAsync(RunningService service, int contexts)
        => service.Upstream.Changes.WhenAsync(() => service.Upstream.ContextsOf("Hold") is var held && held.Count == contexts && held[^1].Answered > 0, Cancellation);

    private static IEnumerable<string> TenantsOf(RunningService service) => service.Upstream.ContextsOf("Hold").Select(context => context.FirstText[5..]);

    // Ends all, as they come: each context has its text, and never were there more than the limit.
    private static async Task AssertNoneRefusedAsync(RunningService service, SocketClient greedy, SocketClient quiet, int contexts)
    {
        for (var served = service.Upstream.ContextsOf("Hold").Count; ; served++)
        {
            Assert.InRange(service.Upstream.Contexts.Count(context => !context.HasEnded), 1, Most);
            service.Upstream.ContextsOf("Hold greedy").Concat(service.Upstream.ContextsOf("Hold quiet")).First(context => !context.HasEnded).Done();
            if (served >= contexts)
            {
                break;
            }

            await WhenStartedAsync(service, served + 1);
        }

        foreach (var context in service.Upstream.ContextsOf("Hold").Where(context => !context.HasEnded))
        {
            context.Done();
        }

        for (var i = 0; i < Greedy; i++)
        {
            Assert.Equal("Hold greedy", (await greedy.WhenEndedAsync($"greedy{i}")).Text);
        }

        for (var i = 0; i < contexts - Greedy; i++)
        {
            Assert.Equal("Hold quiet", (await quiet.WhenEndedAsync($"quiet{i}")).Text);
        }
    }

    private static Task Hold(ScriptedContext context, ScriptedMessage message)
    {
        if (message.IsCancel)
        {
            context.Done();
        }
        else
        {
            context.Speak(message.Transcript);
        }

        return Task.CompletedTask;
    }
}
