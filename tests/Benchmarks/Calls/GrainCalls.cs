using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.Benchmarks.Hosting;
using TtsGrains.Testing;
using static System.FormattableString;

namespace TtsGrains.Benchmarks.Calls;

/// <summary>Runs the service with one context at a time, and counts which grain calls its frames cost, without and with one listener.</summary>
internal static class GrainCalls
{
    private const int Chunks = 500;
    private static readonly TimeSpan BetweenChunks = TimeSpan.FromMilliseconds(10);

    public static async Task RunAsync()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(CancellationToken.None);
        var calls = new CallCounter();
        await using var service = await InProcessService.StartAsync(upstream.Url, services => services.AddSingleton<IIncomingGrainCallFilter>(calls));

        await SpeakAsync(service, upstream, calls, isHeard: true);
        Print("no listener", await SpeakAsync(service, upstream, calls, isHeard: false));
        Print("one listener", await SpeakAsync(service, upstream, calls, isHeard: true));
    }

    // Counts from the first chunk to the last, so that what opens and ends a context is not among it.
    private static async Task<IReadOnlyDictionary<string, int>> SpeakAsync(InProcessService service, ScriptedUpstream upstream, CallCounter calls, bool isHeard)
    {
        var session = $"session-{Guid.NewGuid():N}";
        var text = $"Text of {session}";
        upstream.When(text, (_, _) => Task.CompletedTask);
        using var owner = await service.ConnectAsync("/tts/websocket", $"session_id={session}&cartesia_version=2026-03-01");
        await SendAsync(owner, text);
        await upstream.Changes.WhenAsync(() => upstream.ContextsOf(text).Count > 0, CancellationToken.None);
        var voice = upstream.ContextsOf(text)[0];
        using var listener = isHeard ? await service.ConnectAsync($"/v1/sessions/{session}/audio", "from=live") : null;

        voice.Chunk("begin");
        await ReadAsync(owner, "chunk", 1);
        await (listener is null ? Task.CompletedTask : ReadAsync(listener, "chunk", 1));
        calls.Clear();
        var reading = Task.WhenAll(ReadAsync(owner, "chunk", Chunks), listener is null ? Task.CompletedTask : ReadAsync(listener, "chunk", Chunks));
        using var timer = new PeriodicTimer(BetweenChunks);
        for (var i = 0; i < Chunks; i++)
        {
            await timer.WaitForNextTickAsync();
            voice.Chunk("eight by");
        }

        await reading;
        var counted = calls.Calls.ToDictionary();
        voice.Done();
        await ReadAsync(owner, "done", 1);
        return counted;
    }

    private static void Print(string what, IReadOnlyDictionary<string, int> calls)
    {
        Console.WriteLine($"{what}: calls per {Chunks} chunks");
        foreach (var (call, count) in calls.OrderByDescending(pair => pair.Value))
        {
            Console.WriteLine(Invariant($"  {count,5}  {(double)count / Chunks,6:0.000} per chunk  {call}"));
        }
    }

    private static async Task SendAsync(ClientWebSocket socket, string text)
    {
        var push = JsonSerializer.SerializeToUtf8Bytes(new
        {
            model_id = "sonic-3",
            transcript = text,
            voice = new { mode = "id", id = "v" },
            language = "en",
            context_id = "speech",
            output_format = new { container = "raw", encoding = "pcm_mulaw", sample_rate = 8_000 },
            @continue = false,
        });
        await socket.SendAsync(push, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
    }

    // Reads until this number of frames of the type have come.
    private static async Task ReadAsync(ClientWebSocket socket, string type, int count)
    {
        var buffer = new byte[64 * 1_024];
        while (count > 0)
        {
            var length = 0;
            ValueWebSocketReceiveResult result;
            do
            {
                result = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                length += result.Count;
            }
            while (!result.EndOfMessage);

            if (result.MessageType == WebSocketMessageType.Close)
            {
                throw new InvalidOperationException("The service has closed the socket.");
            }

            using var frame = JsonDocument.Parse(buffer.AsMemory(0, length));
            count -= frame.RootElement.GetProperty("type").GetString() == type ? 1 : 0;
        }
    }
}
