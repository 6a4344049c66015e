using System.Net;
using System.Text.Json;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Sessions;

/// <summary>One connection of server-sent events, read line by line as the standard says.</summary>
internal sealed class EventSourceClient : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<ReceivedEvent> _events = [];
    private readonly HttpClient _http = new();
    private readonly CancellationTokenSource _leaving = new();
    private HttpResponseMessage? _response;
    private Task _reading = Task.CompletedTask;

    public Changes Changes { get; } = new();

    public HttpStatusCode Status => _response!.StatusCode;

    public bool IsEnded { get; private set; }

    public int Comments { get; private set; }

    public string? Retry { get; private set; }

    /// <summary>The id behind all that was received.</summary>
    public string LastEventId { get; private set; } = "";

    public IReadOnlyList<ReceivedEvent> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<EventSourceClient> ConnectAsync(RunningService service, string path, string lastEventId = "", HttpContent? body = null)
    {
        var client = new EventSourceClient();
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, new Uri(service.Http, path)) { Content = body };
        request.Headers.Add("X-API-Key", $"{RunningService.Acme}-key");
        request.Headers.Add("Accept", "text/event-stream");
        if (lastEventId.Length > 0)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        client._response = await client._http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        client._reading = client.ReadAsync();
        return client;
    }

    /// <summary>All events up to the end.</summary>
    public static async Task<IReadOnlyList<ReceivedEvent>> ReadAllAsync(RunningService service, string path, string lastEventId = "")
    {
        await using var client = await ConnectAsync(service, path, lastEventId);
        await client.WhenAsync(read => read.IsEnded);
        return client.Events;
    }

    public Task WhenAsync(Func<EventSourceClient, bool> isEnough) => Changes.WhenAsync(() => isEnough(this), Cancellation);

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        await _reading;
        _response?.Dispose();
        _http.Dispose();
        _leaving.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            using var reader = new StreamReader(await _response!.Content.ReadAsStreamAsync(_leaving.Token));
            var (name, data) = ("", "");
            while (await reader.ReadLineAsync(_leaving.Token) is { } line)
            {
                lock (_gate)
                {
                    if (line.Length == 0 && data.Length > 0)
                    {
                        _events.Add(new ReceivedEvent(name, LastEventId, JsonDocument.Parse(data).RootElement));
                        (name, data) = ("", "");
                    }

                    Comments += line.StartsWith(':') ? 1 : 0;
                    var colon = line.IndexOf(": ", StringComparison.Ordinal);
                    var value = colon < 0 ? "" : line[(colon + 2)..];
                    switch (colon < 0 ? "" : line[..colon])
                    {
                        case "event": name = value; break;
                        case "data": data = value; break;
                        case "id": LastEventId = value; break;
                        case "retry": Retry = value; break;
                        default: Assert.True(line.Length == 0 || line.StartsWith(':'), $"Not a line of server-sent events: {line}"); break;
                    }
                }

                Changes.Note();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The test has left.
        }

        IsEnded = true;
        Changes.Note();
    }
}

/// <summary>One event.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">The last id behind it.</param>
/// <param name="Data">Its data.</param>
internal sealed record ReceivedEvent(string Name, string Id, JsonElement Data)
{
    /// <summary>The context and the offset, for comparison.</summary>
    public string Position => $"{Data.GetProperty("context_id").GetString()}:{(Data.TryGetProperty("offset", out var offset) ? offset.GetInt32() : -1)} {Name}";
}
