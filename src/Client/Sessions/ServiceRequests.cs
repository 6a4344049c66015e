using TtsGrains.Client.Connections;

namespace TtsGrains.Client.Sessions;

/// <summary>Requests to the service's routes.</summary>
internal static class ServiceRequests
{
    /// <summary>Sends a request.</summary>
    /// <returns>The answer, whose body is not read yet.</returns>
    /// <exception cref="TtsException">The service refused, or could not be reached.</exception>
    public static async Task<HttpResponseMessage> SendAsync(this Endpoint endpoint, HttpMethod method, Uri url, HttpContent? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, url) { Content = body };
        await endpoint.SignAsync(request, cancellationToken).ConfigureAwait(false);
        HttpResponseMessage response;
        try
        {
            response = await endpoint.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw new TtsException(TtsError.NotConnected(0, $"{url.GetLeftPart(UriPartial.Authority)} could not be reached: {e.Message}"), e);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw new TtsException(await ProblemReader.ReadAsync(response, cancellationToken).ConfigureAwait(false));
        }
    }
}
