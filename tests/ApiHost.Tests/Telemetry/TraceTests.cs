using System.Text.Json;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Telemetry;

/// <summary>One trace for each context, from the client's span to the archive.</summary>
public sealed class TraceTests
{
    private const string Text = "Once more, with feeling.";
    private const string Attempt = "tts.upstream.attempt";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Trace_OfAFailedOverContext_TellsEachStep(bool inHeader)
    {
        using var spans = new RecordedSpans();
        await using var service = await RunningService.StartAsync();
        LoseFirst(service);
        await SpeakAsync(service, "call", TraceSpans.Format(spans.Client), inHeader);
        var folder = await service.WhenArchivedAsync(RunningService.Acme, "call", "a");
        await Eventually.IsTrueAsync(() => spans.Of("tts.archive.write").Count == 2 && spans.Of("tts.socket").Count == 1, Token);

        var socket = Assert.Single(spans.Of("tts.socket"));
        var context = Assert.Single(spans.ContextsOf("call"), span => span.TraceId == spans.Client.TraceId);
        Assert.Equal(spans.Client.SpanId, socket.ParentSpanId);
        Assert.Equal(socket.SpanId, context.ParentSpanId);
        Assert.Equal(("text_to_speech", "done"), (context.GetTagItem("gen_ai.operation.name"), context.GetTagItem("tts.outcome")));

        var attempts = spans.Of(Attempt).OrderBy(span => span.StartTimeUtc).ToList();
        Assert.Equal([1, 2], attempts.Select(span => span.GetTagItem("tts.attempt")));
        Assert.Equal(["upstream_lost", null], attempts.Select(span => span.GetTagItem("error.type")));
        Assert.Equal([null, "upstream_lost"], attempts.Select(span => span.GetTagItem("tts.seam.reason")));
        Assert.NotEqual(attempts[0].GetTagItem("tts.upstream.socket"), attempts[1].GetTagItem("tts.upstream.socket"));
        Assert.Contains(attempts[1].Events, each => each.Name == "tts.first_audio");
        Assert.Equal(2, spans.Of("tts.slot.wait").Count);
        Assert.Single(spans.Of("tts.admission"));
        Assert.Equal("done", Assert.Single(spans.Of("tts.segment")).GetTagItem("tts.ending"));
        Assert.All(spans.All.Where(span => span != socket && span != context), span => Assert.Equal(context.SpanId, span.ParentSpanId));

        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "manifest.json"), Token));
        Assert.Equal(spans.Client.TraceId.ToString(), manifest.RootElement.GetProperty("trace_id").GetString());
    }

    [Fact]
    public async Task Trace_HasNoTextAndNoKey()
    {
        using var spans = new RecordedSpans();
        await using var service = await RunningService.StartAsync();
        await SpeakAsync(service, "call", TraceSpans.Format(spans.Client), inHeader: false);
        await Eventually.IsTrueAsync(() => spans.Of("tts.archive.write").Count == 2 && spans.Of("tts.socket").Count == 1, Token);

        var values = spans.All.SelectMany(span => span.TagObjects.Concat(span.Events.SelectMany(each => each.Tags))).Select(tag => tag.Value?.ToString() ?? "").ToList();

        Assert.NotEmpty(values);
        Assert.All(values, value => Assert.False(value.Contains("feeling", StringComparison.Ordinal) || value.Contains("-key", StringComparison.Ordinal), value));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("not-a-traceparent")]
    public async Task Contexts_WithoutAValidTraceParent_BeginTracesThatLinkToTheirSocket(string? traceParent)
    {
        using var spans = new RecordedSpans();
        await using var service = await RunningService.StartAsync();
        var session = $"call-{Guid.NewGuid():N}";
        await using (var client = await SocketClient.ConnectAsync(Url(service, session, traceParent), options => options.SetRequestHeader("X-API-Key", "acme-key")))
        {
            await client.PushAsync("a", Text, more: false);
            await client.PushAsync("b", Text, more: false);
            await client.WhenEndedAsync("a");
            await client.WhenEndedAsync("b");
        }

        await Eventually.IsTrueAsync(() => spans.ContextsOf(session).Count == 2, Token);
        var contexts = spans.ContextsOf(session);

        Assert.NotEqual(contexts[0].TraceId, contexts[1].TraceId);
        Assert.All(contexts, context => Assert.Equal(default, context.ParentSpanId));
        Assert.Single(contexts.Select(context => Assert.Single(context.Links).Context).Distinct());
    }

    [Fact]
    public async Task Listener_HasASpanInTheTraceOfTheContext()
    {
        using var spans = new RecordedSpans();
        await using var service = await RunningService.StartAsync();
        var release = new TaskCompletionSource();
        service.Upstream.When("Once", async (context, message) =>
        {
            await release.Task;
            await ScriptedContext.Answer(context, message);
        });
        await using var client = await SocketClient.ConnectAsync(
            Url(service, "call", TraceSpans.Format(spans.Client)), options => options.SetRequestHeader("X-API-Key", "acme-key"));
        await client.PushAsync("a", Text, more: false);
        await service.Upstream.Changes.WhenAsync(() => service.Upstream.ContextsOf("Once").Count == 1, Token);
        await using var listener = await ListenerClient.ConnectAsync(service, "call", "from=start");
        release.SetResult();
        await client.WhenEndedAsync("a");

        await Eventually.IsTrueAsync(() => spans.Of("tts.listener").Count == 1, Token);
        await Eventually.IsTrueAsync(() => spans.ContextsOf("call").Any(span => span.TraceId == spans.Client.TraceId), Token);

        Assert.Equal(spans.ContextsOf("call").Single(span => span.TraceId == spans.Client.TraceId).SpanId, spans.Of("tts.listener")[0].ParentSpanId);
    }

    private static void LoseFirst(RunningService service) => service.Upstream.When("Once", (context, _) =>
    {
        context.Socket.Drop();
        service.Upstream.When("Once", ScriptedContext.Answer);
        return Task.CompletedTask;
    });

    private static async Task SpeakAsync(RunningService service, string session, string traceParent, bool inHeader)
    {
        await using var client = await SocketClient.ConnectAsync(Url(service, session, inHeader ? null : traceParent), options =>
        {
            options.SetRequestHeader("X-API-Key", "acme-key");
            if (inHeader)
            {
                options.SetRequestHeader("traceparent", traceParent);
            }
        });
        await client.PushAsync("a", Text, more: false);
        Assert.Equal(Text, (await client.WhenEndedAsync("a")).Text);
    }

    private static Uri Url(RunningService service, string session, string? traceParent)
        => new($"{service.WebSocket}?session_id={session}{(traceParent is null ? "" : $"&traceparent={traceParent}")}");
}
