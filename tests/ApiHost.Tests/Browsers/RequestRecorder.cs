using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Browsers;

/// <summary>Records the requests that a host receives, with their protocol.</summary>
internal sealed class RequestRecorder : IStartupFilter
{
    private readonly ConcurrentQueue<RecordedRequest> _requests = new();

    public Changes Changes { get; } = new();

    public IReadOnlyList<RecordedRequest> Requests => [.. _requests];

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((http, rest) =>
        {
            _requests.Enqueue(new RecordedRequest(http.Request.Method, http.Request.Protocol, http.Request.Path, http.Connection.Id, http.Request.Headers["Last-Event-ID"]));
            Changes.Note();
            return rest(http);
        });
        next(app);
    };
}

internal sealed record RecordedRequest(string Method, string Protocol, string Path, string Connection, string? LastEventId);
