using System.Text.Json;
using System.Text.Json.Serialization;
using TtsGrains.ApiHost.Access;
using TtsGrains.ApiHost.Audit;
using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.Http;
using TtsGrains.ApiHost.OpenApi;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.Archive.Audit;
using TtsGrains.Grains.Interfaces.Audit;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.ApiHost.Credentials;

/// <summary><c>POST /access-token</c>: gives the holder of a key a token for someone who must not see the key.</summary>
internal static class AccessTokenEndpoint
{
    private const int LongestBody = 16 * 1024;
    private const int DefaultSeconds = 60;

    private static readonly int MostSeconds = (int)AccessTokens.LongestLife.TotalSeconds;

    public static void MapAccessTokens(this IEndpointRouteBuilder routes) => routes.MapPost("/access-token", CreateAsync)
        .WithTags("access tokens").WithName("createAccessToken").WithSummary("A short-lived token for a client that must not see the API key")
        .WithAccess(RouteAccess.AnyKey)
        .WithOwnAudit(AuditActions.CreateToken)
        .WithVersion()
        .WithBody<TokenRequest>()
        .Produces<TokenAnswer>().ProducesErrors(400, 401, 403, 413, 429);

    private static async Task CreateAsync(HttpContext http, AccessTokens tokens, TenantRates rates, AuditBuffer audit, TimeProvider time)
    {
        if (await RequestBody.ReadAsync(http.Request, LongestBody) is not { } body)
        {
            await http.RefuseAsync(ErrorCatalogue.MessageTooLong(LongestBody));
        }
        else if (Read(body, out var request) is { } wrong)
        {
            await http.RefuseAsync(wrong);
        }
        else if (rates.CountToken(http.GetCaller().Tenant) is { } tooMany)
        {
            await http.RefuseAsync(tooMany);
        }
        else
        {
            var scopes = request!.Grants?.ToScopes() ?? Scopes.None;
            var token = tokens.Create(http.GetCaller(), scopes, TimeSpan.FromSeconds(request.ExpiresIn ?? DefaultSeconds), request.SessionId, out var made);
            audit.Add(AuditNames.OfTenant(made.Tenant), new AuditEntry(time.GetUtcNow(), AuditActions.CreateToken, AuditResults.Done)
            {
                By = made.KeyId,
                Token = made.Id,
                Session = made.Session,
                Detail = $"grants={string.Join(',', AccessTokenGrants.NamesOf(made.Scopes))} expires={ApiKey.Format(made.ExpiresAt)}",
                RequestId = http.TraceIdentifier,
            });
            http.Response.Headers.CacheControl = "no-store";
            await http.Response.WriteAsJsonAsync(new TokenAnswer(token, made.Id), AccessTokenRequestJson.Default.TokenAnswer, cancellationToken: http.RequestAborted);
        }
    }

    private static ProtocolError? Read(ReadOnlyMemory<byte> body, out TokenRequest? request)
    {
        request = null;
        try
        {
            using var json = JsonDocument.Parse(body);
            request = json.Deserialize(AccessTokenRequestJson.Default.TokenRequest);
        }
        catch (JsonException e) when (e.Path is { Length: > 2 } path)
        {
            return ErrorCatalogue.WrongType(path[2..], path.StartsWith("$.grants.", StringComparison.Ordinal) ? "a boolean" : "of the documented type");
        }
        catch (JsonException e)
        {
            return ErrorCatalogue.InvalidJson($"it breaks at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.");
        }

        return request is null ? ErrorCatalogue.InvalidJson("it is null.")
            : request.ExpiresIn < 1 || request.ExpiresIn > MostSeconds ? ErrorCatalogue.OutOfRange("expires_in", $"1 to {MostSeconds} seconds")
            : request.SessionId is { } session && !IdRule.IsMetBy(session) ? ErrorCatalogue.OutOfRange("session_id", IdRule.Text)
            : null;
    }
}

/// <summary>The body of the request. Absent grants are not given.</summary>
/// <param name="Grants">What the token allows.</param>
/// <param name="ExpiresIn">How long it is valid, 1 to 3600; 60 by default.</param>
/// <param name="SessionId">The only session that it is for; all of the tenant by default.</param>
internal sealed record TokenRequest(TokenGrants? Grants, int? ExpiresIn, string? SessionId = null);

/// <summary>What a token allows.</summary>
/// <param name="Tts">True to speak.</param>
/// <param name="Stt">Accepted, without effect.</param>
/// <param name="Agent">Accepted, without effect.</param>
/// <param name="Listen">True to listen to sessions.</param>
/// <param name="Archive">True to read sessions and their archive; to hold and to erase, an API key is needed.</param>
internal sealed record TokenGrants(bool? Tts, bool? Stt, bool? Agent, bool? Listen = null, bool? Archive = null)
{
    /// <summary>Returns the scopes that the grants ask for. <c>stt</c> and <c>agent</c> have none here.</summary>
    public Scopes ToScopes()
        => (Tts is true ? Scopes.Speak : Scopes.None)
            | (Listen is true ? Scopes.Listen : Scopes.None)
            | (Archive is true ? Scopes.Archive : Scopes.None);
}

/// <summary>The answer.</summary>
/// <param name="Token">The token.</param>
/// <param name="Id">Names the token to revoke it.</param>
internal sealed record TokenAnswer(string Token, string Id);

[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class AccessTokenRequestJson : JsonSerializerContext;
