using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Client.Tests.Scripted;

/// <summary>The session API in small: one session "call 1" of one context "c" that has been spoken; listeners are cut where a test says so.</summary>
internal sealed class ScriptedSessions(Func<int, bool> cutsAtFrame)
{
    public const string Path = "/v1/sessions/call 1";

    /// <summary>A session whose audio breaks off.</summary>
    public const string BrokenPath = "/v1/sessions/broken";

    public static readonly byte[] Recording = [.. Enumerable.Range(0, 300_000).Select(n => (byte)n)];

    private static readonly string[] Frames =
    [
        .. Enumerable.Range(0, 10).Select(n => Frame(n, $"\"type\":\"chunk\",\"done\":false,\"step_time\":1,\"flush_id\":1,\"data\":\"{Convert.ToBase64String([(byte)n])}\"")),
        Frame(10, "\"type\":\"done\",\"done\":true"),
    ];

    private int _written;

    /// <summary>What was asked for, as method, path and query.</summary>
    public List<string> Asked { get; } = [];

    public Task ServeAsync(HttpContext http)
    {
        var path = http.Request.Path.Value!;
        lock (Asked)
        {
            Asked.Add($"{http.Request.Method} {path}{Uri.UnescapeDataString(http.Request.QueryString.Value!)}");
        }

        http.Response.StatusCode = 200;
        return (http.Request.Method, path) switch
        {
            ("GET", Path + "/audio") when http.WebSockets.IsWebSocketRequest => ListenAsync(http),
            ("GET", Path + "/audio.wav") => SendAsync(http, EndlessWav()),
            ("GET", BrokenPath + "/audio.wav") => BreakOffAsync(http, EndlessWav()),
            ("GET", Path + "/recording.wav") => SendAsync(http, Recording),
            ("GET", Path + "/contexts/1/segments/2.wav") => SendAsync(http, [1, 2, 3]),
            ("GET", Path + "/contexts/1/manifest") => SendAsync(http, "{}"u8.ToArray()),
            ("GET", "/v1/sessions") when http.Request.Query["after"] == "x" => SendAsync(http, Json("{'data':[{'session_id':'call 2','ref':null,'started_at':null}],'next':null}")),
            ("GET", "/v1/sessions") => SendAsync(http, Json("{'data':[{'session_id':'call 1','ref':'r','started_at':'2026-11-20T12:00:00Z','bytes':5}],'next':'x'}")),
            ("GET", Path) => SendAsync(http, Json(
                "{'session_id':'call 1','ref':'r','started_at':'2026-11-20T12:00:00Z','contexts':[{'ordinal':1,'context_id':'c','state':'closed','outcome':'done','characters':5,'duration_ms':12.5,'segments':[{'flush_id':1,'has_audio':false},{'flush_id':2,'has_audio':true}]}]}")),
            ("PUT" or "DELETE", Path + "/hold") => SendAsync(http, []),
            ("DELETE", Path) => RefuseAsync(http, 409, "Held", "The session is under legal hold.", "session_held"),
            _ => RefuseAsync(http, 404, "Session not found", "There is no such session.", "session_not_found"),
        };
    }

    private static string Frame(int offset, string members) => $"{{\"session_id\":\"call 1\",\"offset\":{offset},\"context_id\":\"c\",\"status_code\":206,{members}}}";

    // As a stream of unknown length begins, with five bytes of audio.
    private static byte[] EndlessWav()
    {
        var header = new byte[Wav.HeaderLength(AudioEncoding.PcmMulaw)];
        Wav.WriteHeader(header, new AudioFormat(AudioEncoding.PcmMulaw, 8000), int.MaxValue);
        return [.. header, 1, 2, 3, 4, 5];
    }

    private static byte[] Json(string text) => Encoding.UTF8.GetBytes(text.Replace('\'', '"'));

    private static Task SendAsync(HttpContext http, byte[] body)
    {
        http.Response.ContentLength = body.Length;
        return http.Response.Body.WriteAsync(body).AsTask();
    }

    // Promises more than it gives, which ends the connection.
    private static Task BreakOffAsync(HttpContext http, byte[] body)
    {
        http.Response.ContentLength = body.Length + 1;
        return http.Response.Body.WriteAsync(body).AsTask();
    }

    private static Task RefuseAsync(HttpContext http, int status, string title, string detail, string code)
    {
        (http.Response.StatusCode, http.Response.ContentType) = (status, "application/problem+json");
        http.Response.Headers["X-Request-Id"] = "r7";
        return http.Response.WriteAsync($"{{\"title\":\"{title}\",\"status\":{status},\"detail\":\"{detail}\",\"code\":\"{code}\"}}");
    }

    private async Task ListenAsync(HttpContext http)
    {
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        var position = http.Request.Query["from"].LastOrDefault(from => from!.StartsWith("c:", StringComparison.Ordinal));
        foreach (var frame in Frames.Skip(position is null ? 0 : int.Parse(position.AsSpan(2), System.Globalization.CultureInfo.InvariantCulture)))
        {
            if (cutsAtFrame(_written++))
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, null, http.RequestAborted);
                return;
            }

            await socket.SendAsync(Encoding.UTF8.GetBytes(frame).AsMemory(), WebSocketMessageType.Text, endOfMessage: true, http.RequestAborted);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, http.RequestAborted);
    }
}
