using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TtsGrains.Client.Connections;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Client.Sessions;

/// <summary>
/// The sessions of the tenant and their archive. Every method throws <see cref="TtsException"/> when the service refuses: status 404 for what it
/// does not know or what belongs to another tenant, 409 for an erasure that a legal hold forbids.
/// </summary>
public sealed class TtsSessions
{
    private readonly Endpoint _endpoint;

    internal TtsSessions(Endpoint endpoint) => _endpoint = endpoint;

    /// <summary>Lists live and archived sessions, the newest first; pages are asked for as they are needed.</summary>
    /// <param name="filter">Selects sessions; null for all of today.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="TtsException">The service refused, or could not be reached.</exception>
    public async IAsyncEnumerable<SessionSummary> ListAsync(
        SessionFilter? filter = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        filter ??= new SessionFilter();
        string? after = null;
        do
        {
            var url = _endpoint.HttpUrl(
                "v1/sessions",
                ("day", filter.Day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
                ("ref", filter.Reference),
                ("live", filter.Live switch { null => null, true => "true", false => "false" }),
                ("state", filter.State),
                ("min_characters", filter.MinCharacters?.ToString(CultureInfo.InvariantCulture)),
                ("max_characters", filter.MaxCharacters?.ToString(CultureInfo.InvariantCulture)),
                ("text", filter.Text),
                ("after", after));
            var page = await ReadAsync(url, SessionJson.Default.SessionPage, cancellationToken).ConfigureAwait(false);
            foreach (var session in page.Data)
            {
                yield return session;
            }

            after = page.Next;
        }
        while (after is not null);
    }

    /// <summary>One session with its contexts.</summary>
    /// <exception cref="TtsException">The service refused, or could not be reached.</exception>
    public Task<SessionDetail> GetAsync(string session, CancellationToken cancellationToken = default)
        => ReadAsync(Url(session, ""), SessionJson.Default.SessionDetail, cancellationToken);

    /// <summary>The manifest of one context as JSON: formats, word times, digests, seams.</summary>
    /// <exception cref="TtsException">The service refused, or could not be reached.</exception>
    public async Task<byte[]> GetManifestAsync(string session, int ordinal, CancellationToken cancellationToken = default)
    {
        using var manifest = new MemoryStream();
        await DownloadAsync(Url(session, Inv($"/contexts/{ordinal}/manifest")), manifest, null, cancellationToken).ConfigureAwait(false);
        return manifest.ToArray();
    }

    /// <summary>Downloads one segment as a WAV file.</summary>
    /// <param name="session">The session.</param>
    /// <param name="ordinal">The context's number in it.</param>
    /// <param name="flushId">The segment's number, from 1.</param>
    /// <param name="destination">Receives the file.</param>
    /// <param name="progress">Receives each step of the progress; may be null.</param>
    /// <param name="cancellationToken">Ends it; the destination then holds a part.</param>
    /// <exception cref="TtsException">The service refused, could not be reached, or broke off.</exception>
    public Task DownloadSegmentAsync(
        string session, int ordinal, int flushId, Stream destination, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
        => DownloadAsync(Url(session, Inv($"/contexts/{ordinal}/segments/{flushId}.wav")), destination, progress, cancellationToken);

    /// <summary>Downloads the whole call as one WAV file.</summary>
    /// <param name="session">The session.</param>
    /// <param name="destination">Receives the file.</param>
    /// <param name="progress">Receives each step of the progress; may be null.</param>
    /// <param name="cancellationToken">Ends it; the destination then holds a part.</param>
    /// <exception cref="TtsException">The service refused, could not be reached, or broke off.</exception>
    public Task DownloadRecordingAsync(
        string session, Stream destination, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
        => DownloadAsync(Url(session, "/recording.wav"), destination, progress, cancellationToken);

    /// <summary>
    /// The audio of a session as a WAV stream, while it is spoken: it ends with the session. The sizes in its header are those of an endless file.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="options">From where, and in which form; null for live audio as it is spoken.</param>
    /// <param name="destination">Receives the stream.</param>
    /// <param name="progress">Receives each step of the progress; may be null.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="TtsException">The service refused, could not be reached, or broke off.</exception>
    public Task CopyAudioAsync(
        string session, ListenOptions? options, Stream destination, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new ListenOptions();
        var url = Url(
            session,
            "/audio.wav",
            [
                .. options.From.Select(from => ("from", (string?)from.ToString())),
                ("encoding", options.Format?.Encoding.ToWireName()),
                ("sample_rate", options.Format?.SampleRate.ToString(CultureInfo.InvariantCulture)),
            ]);
        return DownloadAsync(url, destination, progress, cancellationToken);
    }

    /// <summary>Erases a session: its audio, its texts and its times. An audit record of the erasure stays.</summary>
    /// <exception cref="TtsException">The service refused (409: it is held), or could not be reached.</exception>
    public Task EraseAsync(string session, CancellationToken cancellationToken = default) => OrderAsync(HttpMethod.Delete, Url(session, ""), cancellationToken);

    /// <summary>Puts a session under legal hold: neither an erasure nor the retention time removes it.</summary>
    /// <exception cref="TtsException">The service refused, or could not be reached.</exception>
    public Task HoldAsync(string session, CancellationToken cancellationToken = default) => OrderAsync(HttpMethod.Put, Url(session, "/hold"), cancellationToken);

    /// <summary>Ends a legal hold.</summary>
    /// <exception cref="TtsException">The service refused, or could not be reached.</exception>
    public Task ReleaseAsync(string session, CancellationToken cancellationToken = default) => OrderAsync(HttpMethod.Delete, Url(session, "/hold"), cancellationToken);

    private Uri Url(string session, string rest, params IEnumerable<(string Name, string? Value)> query)
    {
        ArgumentException.ThrowIfNullOrEmpty(session);
        return _endpoint.HttpUrl($"v1/sessions/{Uri.EscapeDataString(session)}{rest}", query);
    }

    private static string Inv(FormattableString text) => FormattableString.Invariant(text);

    private async Task<T> ReadAsync<T>(Uri url, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, url, cancellationToken).ConfigureAwait(false);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await JsonSerializer.DeserializeAsync(body, type, cancellationToken).ConfigureAwait(false) ?? throw new JsonException("The answer is null.");
        }
        catch (Exception e) when (e is JsonException or HttpIOException or IOException)
        {
            throw new TtsException(TtsError.ConnectionLost($"{url.AbsolutePath} did not answer as expected: {e.Message}"), e);
        }
    }

    private async Task OrderAsync(HttpMethod method, Uri url, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(method, url, cancellationToken).ConfigureAwait(false);
    }

    private async Task DownloadAsync(Uri url, Stream destination, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, url, cancellationToken).ConfigureAwait(false);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var total = response.Content.Headers.ContentLength;
        var buffer = new byte[64 * 1024];
        long received = 0;
        progress?.Report(new DownloadProgress(0, total));
        while (await ReadPieceAsync(body, buffer, url, cancellationToken).ConfigureAwait(false) is > 0 and var length)
        {
            await destination.WriteAsync(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            received += length;
            progress?.Report(new DownloadProgress(received, total));
        }
    }

    private static async ValueTask<int> ReadPieceAsync(Stream body, byte[] buffer, Uri url, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new TtsException(TtsError.ConnectionLost($"{url.AbsolutePath} broke off: {e.Message}"), e);
        }
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri url, CancellationToken cancellationToken) => _endpoint.SendAsync(method, url, body: null, cancellationToken);
}
