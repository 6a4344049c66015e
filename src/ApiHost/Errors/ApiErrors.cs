using TtsGrains.ApiHost.Tenants;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Errors;

/// <summary>The errors that only HTTP requests and handshakes can meet; all others are in <see cref="ErrorCatalogue"/>.</summary>
internal static class ApiErrors
{
    public static ProtocolError BadRequest(int statusCode) => new(statusCode, "invalid_request", "Invalid request", "The HTTP request cannot be read.");

    public static ProtocolError DotSegment { get; } = new(
        400, "invalid_request", "Invalid request", "The path must not have . or .. as a segment, percent-encoded or not.");

    public static ProtocolError MethodNotAllowed { get; } = new(405, "method_not_allowed", "Method not allowed", "This path has other methods; see the Allow header.");

    public static ProtocolError ScopeMissing(Scopes missing, bool isToken) => isToken
        ? new(403, "grant_missing", "Forbidden", $"The access token lacks the grant {Words.And(AccessTokenGrants.NamesOf(missing))}; ask for it when you create the token.")
        : new(403, "scope_missing", "Forbidden", $"The API key lacks the scope {Words.And(ScopeNames.Of(missing))}; use another key of the tenant.");

    public static ProtocolError OtherSession { get; } = new(
        403, "other_session", "Forbidden", "The access token is for one session only; name that session, or use another token.");

    public static ProtocolError KeyRequired { get; } = new(403, "key_required", "Forbidden", "This route takes API keys only, not access tokens.");

    public static ProtocolError TokenNotFound { get; } = new(404, "token_not_found", "Token not found", "No key of the tenant has created an access token of this id.");

    public static ProtocolError TokenOfAnotherKey { get; } = new(
        403, "scope_missing", "Forbidden", "Another key created the access token; revoke it with that key, or with one that has the scope admin.");

    public static ProtocolError TooManyRevokedTokens { get; } = new(
        409, "too_many_revoked_tokens", "Too many revoked tokens", "The tenant has revoked 1,000 access tokens in the last hour; revoke the key that created them.");

    public static ProtocolError RevocationUnavailable { get; } = new(
        503, "revocation_unavailable", "Revocation unavailable", "The revocation could not be stored and may or may not be in force; try again.");

    public static ProtocolError SessionErased { get; } = new(410, "session_erased", "Session erased", "The session was erased; what was left of the context is gone.");

    public static ProtocolError VoiceNotFound { get; } = new(404, "voice_not_found", "Invalid voice", "No voice of the catalogue has this id.");

    public static ProtocolError VoiceNotOwned { get; } = new(
        403, "voice_not_owned", "Forbidden", "Only the accents of a voice clone of your own can change; the voices of this service belong to its catalogue.");

    public static ProtocolError AccentNotFound { get; } = new(404, "accent_not_found", "Accent not found", "GET /accents lists no accent of this id.");

    public static ProtocolError NotOffered(string path) => new(
        404, "not_found", "Not found", $"This service does not offer {path}: it has no voice cloning, localization, voice changing, infill, fine-tunes, datasets or agents.");

    public static ProtocolError BitRate(int? given, IEnumerable<int> allowed) => new(
        400, "invalid_output_format", "Invalid output format", $"output_format.bit_rate is {given}; for mp3 it must be one of {string.Join(", ", allowed)} bits per second.");

    public static ProtocolError Mp3Missing { get; } = new(
        400, "invalid_output_format", "Invalid output format", "mp3 needs the library libmp3lame, which is not installed on this host (Debian package libmp3lame0); ask for wav or raw.");

    public static ProtocolError TooManySockets(int limit) => new(
        429, "concurrency_limited", "Too many concurrent requests", $"At most {limit} sockets of this tenant may be open at once; close one, or open more contexts on it.");

    public static ProtocolError TooManyListeners(int limit) => new(
        429, "concurrency_limited", "Too many concurrent requests", $"At most {limit} listeners of this tenant may be open at once; close one.");
}
