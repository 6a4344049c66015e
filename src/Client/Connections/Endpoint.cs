using System.Net.WebSockets;
using System.Text;

namespace TtsGrains.Client.Connections;

/// <summary>The service's addresses, and how requests to it are signed.</summary>
internal sealed class Endpoint : IDisposable
{
    private readonly TtsClientOptions _options;
    private readonly bool _ownsHandler;
    private readonly HttpMessageHandler _handler;

    public Endpoint(TtsClientOptions options)
    {
        if (!options.BaseUrl.IsAbsoluteUri || options.BaseUrl.Scheme is not ("http" or "https" or "ws" or "wss"))
        {
            throw new ArgumentException("BaseUrl must be an address such as https://host or http://127.0.0.1:8080.", nameof(options));
        }

        _options = options;
        _ownsHandler = options.Handler is null;
        _handler = options.Handler ?? new SocketsHttpHandler();
        Http = new HttpClient(_handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Carries the requests; without a timeout, since a live recording lasts as long as the call.</summary>
    public HttpClient Http { get; }

    /// <summary>Carries one upgrade, and keeps why it was refused.</summary>
    public RefusalReader NewUpgrade() => new(_handler);

    /// <summary>A path of the service as a WebSocket address.</summary>
    /// <param name="path">Without a leading slash.</param>
    /// <param name="query">Names and values, unescaped; those without a value are left out.</param>
    public Uri SocketUrl(string path, params IEnumerable<(string Name, string? Value)> query)
        => Url(_options.BaseUrl.Scheme is "https" or "wss" ? "wss" : "ws", path, query);

    /// <inheritdoc cref="SocketUrl"/>
    public Uri HttpUrl(string path, params IEnumerable<(string Name, string? Value)> query)
        => Url(_options.BaseUrl.Scheme is "https" or "wss" ? "https" : "http", path, query);

    /// <summary>Signs an upgrade.</summary>
    public async ValueTask SignAsync(ClientWebSocketOptions upgrade, CancellationToken cancellationToken)
    {
        upgrade.SetRequestHeader("Cartesia-Version", _options.Version);
        if (await CredentialAsync(cancellationToken).ConfigureAwait(false) is { } credential)
        {
            upgrade.SetRequestHeader("Authorization", $"Bearer {credential}");
        }
    }

    /// <summary>Signs a request.</summary>
    public async ValueTask SignAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Add("Cartesia-Version", _options.Version);
        if (await CredentialAsync(cancellationToken).ConfigureAwait(false) is { } credential)
        {
            request.Headers.Add("Authorization", $"Bearer {credential}");
        }
    }

    public void Dispose()
    {
        Http.Dispose();
        if (_ownsHandler)
        {
            _handler.Dispose();
        }
    }

    private async ValueTask<string?> CredentialAsync(CancellationToken cancellationToken)
        => _options.TokenProvider is { } provider ? await provider(cancellationToken).ConfigureAwait(false) : _options.ApiKey;

    private Uri Url(string scheme, string path, IEnumerable<(string Name, string? Value)> query)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in query)
        {
            if (value is not null)
            {
                text.Append(text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }

        // The authority is kept as it is: with a default port in it, or an address in brackets.
        return new Uri($"{scheme}://{_options.BaseUrl.Authority}{_options.BaseUrl.AbsolutePath.TrimEnd('/')}/{path}{text}");
    }
}
