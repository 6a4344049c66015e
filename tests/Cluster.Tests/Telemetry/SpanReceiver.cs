using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Testing;

namespace TtsGrains.Cluster.Tests.Telemetry;

/// <summary>Takes spans by OTLP over HTTP, as a collector does, and keeps them.</summary>
internal sealed class SpanReceiver : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly List<ExportedSpan> _spans = [];
    private readonly Changes _changes = new();
    private readonly WebApplication _app;

    private SpanReceiver(WebApplication app) => _app = app;

    /// <summary>The settings of a process that exports to it. A short delay, so that a process that is killed has exported what was over.</summary>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_METRICS_EXPORTER"] = "none",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
    };

    public static async Task<SpanReceiver> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var receiver = new SpanReceiver(app);
        app.Run(receiver.ReceiveAsync);
        await app.StartAsync(cancellationToken);
        return receiver;
    }

    /// <summary>Lists the spans of a trace, in the order of their beginning.</summary>
    public IReadOnlyList<ExportedSpan> Of(string traceId)
    {
        lock (_gate)
        {
            return [.. _spans.Where(span => span.TraceId == traceId).OrderBy(span => span.StartedAt)];
        }
    }

    /// <summary>Completes when the spans of a trace are as they should be.</summary>
    /// <exception cref="TimeoutException">They were not within a minute; says which spans there are.</exception>
    public async Task WhenAsync(string traceId, Func<IReadOnlyList<ExportedSpan>, bool> isEnough, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        try
        {
            await _changes.WhenAsync(() => isEnough(Of(traceId)), timeout.Token, "the spans of the trace");
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The trace has only:\n{string.Join('\n', Of(traceId).Where(span => span.Source == TraceSpans.Source))}", e);
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext http)
    {
        Assert.Equal("/v1/traces", http.Request.Path);
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        lock (_gate)
        {
            _spans.AddRange(ExportedSpan.Read(body.ToArray()));
        }

        _changes.Note();
        http.Response.ContentType = "application/x-protobuf";
    }
}
