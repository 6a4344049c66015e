using TtsGrains.Protocol.Audio;

namespace TtsGrains.Protocol.Errors;

/// <summary>Every error that we raise, in one table. Codes that Cartesia documents are used as they are; the others are ours.</summary>
public static class ErrorCatalogue
{
    /// <summary>The code of a message that is not one JSON object.</summary>
    public const string InvalidJsonCode = "invalid_json";

    public static ProtocolError InvalidJson(string detail) => new(400, InvalidJsonCode, "Invalid JSON", $"The message is not one JSON object: {detail}");

    public static ProtocolError BinaryFrame { get; } = new(400, "invalid_request", "Invalid request", "The message is a binary frame; send one JSON object per text frame.");

    public static ProtocolError MessageTooLong(int limitBytes) => new(400, "message_too_long", "Message too long", $"A message may have at most {limitBytes} bytes.");

    public static ProtocolError Missing(string field) => new(400, "invalid_request", "Invalid request", $"{field} is required.");

    public static ProtocolError WrongType(string field, string expected) => new(400, "invalid_request", "Invalid request", $"{field} must be {expected}.");

    public static ProtocolError OutOfRange(string field, string rule) => new(400, "invalid_request", "Invalid request", $"{field} must be {rule}.");

    public static ProtocolError Exclusive(string field, string other) => new(400, "invalid_request", "Invalid request", $"{field} and {other} exclude each other; send one of them.");

    public static ProtocolError Container(string given, string allowed) => new(
        400, "invalid_output_format", "Invalid output format", $"output_format.container is \"{Shorten(given)}\"; it must be {allowed}.");

    public static ProtocolError Encoding(string given) => new(
        400, "invalid_output_format", "Invalid output format",
        $"output_format.encoding is \"{Shorten(given)}\"; it must be one of pcm_f32le, pcm_s16le, pcm_mulaw, pcm_alaw.");

    public static ProtocolError SampleRate(double given) => new(
        400, "invalid_output_format", "Invalid output format",
        $"output_format.sample_rate is {given}; it must be one of {string.Join(", ", AudioNames.SampleRates)} Hz.");

    public static ProtocolError UnknownModel(string given) => new(400, "model_not_found", "Invalid model", $"model_id \"{Shorten(given)}\" is not a model of this service.");

    public static ProtocolError ModelSunsetted(string given) => new(
        400, "model_sunsetted", "Model sunsetted", $"model_id \"{Shorten(given)}\" has been retired; use sonic-latest or a current model.");

    public static ProtocolError PronunciationDictNotFound(string given) => new(
        404, "pronunciation_dict_not_found", "Pronunciation dictionary not found", $"pronunciation_dict_id \"{Shorten(given)}\" is not a dictionary of this tenant.");

    public static ProtocolError VoiceForm { get; } = new(
        400, "invalid_request", "Invalid request", "voice must be an id, {\"id\": …} or {\"mode\": \"id\", \"id\": …}; embeddings are not supported.");

    public static ProtocolError TranscriptTooLong(int limitCharacters) => new(
        400, "transcript_too_long", "Transcript too long", $"transcript may have at most {limitCharacters} characters in one message.");

    public static ProtocolError EmptyTranscript { get; } = new(
        400, "empty_transcript", "Transcript empty or contains only punctuation", "The first transcript of a context that ends at once must contain something to say.");

    public static ProtocolError ContextClosed { get; } = new(400, "context_closed", "Context has closed", "The context takes no more input; use a new context_id.");

    /// <summary>Between us only: the input crossed with the <c>done</c> of its context, and is for the next context of that id.</summary>
    public static ProtocolError ContextDone { get; } = new(410, "context_done", "Context is done", "The context has come to its end; use its id for the next one.");

    public static ProtocolError ContextNotFound { get; } = new(
        404, "context_not_found", "Context not found", "There is nothing to resume: the session has no such context, or it has been over for too long.");

    public static ProtocolError ResumeAhead(int offset, int frames) => new(
        400, "invalid_request", "Invalid request", $"resume asks for offset {offset} of a context that has {frames} frames so far.");

    public static ProtocolError InputAhead(int given, int next) => new(
        400, "invalid_request", "Invalid request",
        $"input is {given}, but the next one of this context is {next}; it counts the pushes of a context from 0, and none may be left out.");

    public static ProtocolError InputWithoutContext(int given) => new(
        404, "context_not_found", "Context not found",
        $"input is {given}, but there is no such context here to go on with; a context begins with input 0, and one of a lost socket is resumed first.");

    public static ProtocolError Unauthorized { get; } = new(
        401, "unauthorized", "Unauthorized", "The API key or access token is missing or not valid; send it as Authorization: Bearer, X-API-Key, api_key or access_token.");

    public static ProtocolError CredentialRevoked { get; } = new(
        401, "credential_revoked", "Credential revoked", "The API key of this connection was revoked or has expired; connect with another one.");

    public static ProtocolError NotFound { get; } = new(404, "not_found", "Not found", "There is nothing at this path.");

    public static ProtocolError UpgradeRequired { get; } = new(426, "upgrade_required", "Upgrade required", "This path speaks WebSocket only.");

    public static ProtocolError TooManyContexts(int limit) => new(
        429, "concurrency_limited", "Too many concurrent requests", $"At most {limit} contexts of this tenant may be open at once; finish or cancel one.");

    public static ProtocolError TooManyContextsOnSocket(int limit) => new(
        429, "concurrency_limited", "Too many concurrent requests", $"At most {limit} contexts may be open on one socket; finish or cancel one.");

    public static ProtocolError TooFast(string rate, TimeSpan retryDelay) => new(
        429, "rate_limited", "Too many requests", $"This tenant may have at most {rate}; send less, or try again later.")
    { RetryDelay = retryDelay };

    public static ProtocolError QuotaExceeded(long limit, DateTimeOffset resetsAt, TimeSpan retryDelay) => new(
        402, "quota_exceeded", "Quota exceeded", $"This tenant may have {limit} characters a month; the next month begins at {resetsAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}.")
    { RetryDelay = retryDelay };

    public static ProtocolError ArchiveFull(long limit) => new(
        402, "quota_exceeded", "Quota exceeded", $"The archive of this tenant has reached its MaxArchiveBytes, {limit}; erase sessions, or speak with archive=off.")
    { RetryDelay = TimeSpan.FromMinutes(1) };

    public static ProtocolError TooManyWrongCredentials { get; } = new(
        429, "too_many_wrong_credentials", "Too many wrong credentials", "Too many wrong keys or tokens came from this address; wait before you try another one.")
    {
        RetryDelay = TimeSpan.FromSeconds(10),
    };

    public static ProtocolError UpstreamUnavailable { get; } = new(503, "upstream_unavailable", "Upstream unavailable", "No connection to the speech provider can be had right now; try again.");

    public static ProtocolError UpstreamFull { get; } = new(
        429, "concurrency_limited", "Too many concurrent requests", "The speech provider takes no more contexts right now; try again.");

    public static ProtocolError UpstreamSilent { get; } = new(504, "upstream_silent", "Upstream silent", "The speech provider has stopped to speak.");

    public static ProtocolError UpstreamLost { get; } = new(502, "upstream_lost", "Upstream lost", "The connection to the speech provider was lost while the context was open.");

    public static ProtocolError UpstreamGarbled { get; } = new(
        502, "upstream_garbled", "Upstream garbled", "The speech provider sent audio that cannot be decoded.");

    public static ProtocolError UpstreamNoAudio { get; } = new(
        502, "upstream_no_audio", "Upstream sent no audio", "The speech provider ended the context without any audio of its text.");

    public static ProtocolError ContextLost { get; } = new(
        503, "context_lost", "Context lost", "The host of the context is gone, and it could not be opened again elsewhere in time; open it again.");

    public static ProtocolError ShuttingDown { get; } = new(503, "shutting_down", "Shutting down", "This host is stopping; open the context again on a new connection.");

    public static ProtocolError SpeechFailed { get; } = new(500, "speech_failed", "Speech failed", "The voice could not speak this text; change the text, or leave it out.");

    public static ProtocolError Internal { get; } = new(500, null, "Internal error", "Something failed on our side; the request_id identifies it in our logs.");

    // What a client sent may be long and must not be reflected whole. A cut must not halve a surrogate pair.
    private static string Shorten(string text)
        => text.Length <= 64 ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[63]) ? 63 : 64)}…";
}
