using TtsGrains.Client.Sessions;

namespace TtsGrains.Client.Connections;

/// <summary>Keeps what a refused upgrade says: the WebSocket itself only tells the status.</summary>
internal sealed class RefusalReader(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>What the service said; null when it took the upgrade, or gave no reason.</summary>
    public TtsError? Refusal { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if ((int)response.StatusCode >= 400)
        {
            var error = await ProblemReader.ReadAsync(response, cancellationToken).ConfigureAwait(false);
            Refusal = error.Code is null ? null : error;
        }

        return response;
    }
}
