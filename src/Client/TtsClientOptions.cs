using TtsGrains.Client.Connections;
using TtsGrains.Protocol;

namespace TtsGrains.Client;

/// <summary>Where a <see cref="TtsClient"/> speaks, as whom, and how stubborn it is.</summary>
public sealed record TtsClientOptions
{
    /// <summary>The service, such as <c>http://127.0.0.1:8080</c> or <c>https://api.cartesia.ai</c>; a path in front of the API's own is kept.</summary>
    public required Uri BaseUrl { get; init; }

    /// <summary>The API key. Either this or <see cref="TokenProvider"/>.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Gives an access token, asked anew for each connection and each request; wins over <see cref="ApiKey"/>.</summary>
    public Func<CancellationToken, ValueTask<string>>? TokenProvider { get; init; }

    /// <summary>The dated version of the Cartesia API to speak. Default: the newest known, 2026-08-14.</summary>
    public string Version { get; init; } = ApiVersion.Newest.ToString();

    /// <summary>What happens after a lost socket. Default: keep trying for as long as the service keeps contexts without an owner.</summary>
    public ReconnectPolicy Reconnect { get; init; } = new();

    /// <summary>The session (one call) that the contexts belong to: names a new one or comes back to one of this tenant. Null lets the service choose.</summary>
    public string? Session { get; init; }

    /// <summary>Your own reference of the call, at most 256 characters; sessions can be found by it.</summary>
    public string? Reference { get; init; }

    /// <summary>Whether the service archives the speech. Default: yes, if the tenant's settings do not forbid it.</summary>
    public bool Archive { get; init; } = true;

    /// <summary>
    /// Bytes of events that may wait for the reader of one context. Default 32 MiB. A context whose reader is slower continues on a socket of its
    /// own, where the service waits for it; where there are no sessions (Cartesia itself) it ends with <c>reader_too_slow</c>. Others never wait.
    /// </summary>
    public long BufferBytesPerContext { get; init; } = 32 * 1024 * 1024;

    /// <summary>Carries the connections, for one's own certificates or proxies; stays the caller's to dispose. Null for the default.</summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>The clock of delays.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
