using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace TtsGrains.ApiHost.Tests.Http;

/// <summary>Accents, and the parts of the API that this service does not offer.</summary>
public sealed class AccentTests(ProgramFixture fixture)
{
    private readonly HttpClient _client = fixture.Program.Client;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_AllAccents_AreSortedAndCoverTheCatalogue()
    {
        var accents = (await _client.GetFromJsonAsync<JsonElement>("/accents", Cancellation)).GetProperty("accents").EnumerateArray().ToList();
        var ids = accents.ConvertAll(accent => accent.GetProperty("id").GetString()!);
        var voices = (await _client.GetFromJsonAsync<JsonElement>("/voices?limit=100", Cancellation)).GetProperty("data").EnumerateArray().ToList();

        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(accents, accent =>
        {
            Assert.StartsWith(accent.GetProperty("language").GetString() + "-", accent.GetProperty("locale").GetString(), StringComparison.Ordinal);
            Assert.NotEmpty(accent.GetProperty("name").GetString()!);
            Assert.False(accent.GetProperty("is_localizable").GetBoolean());
        });
        Assert.All(
            accents.GroupBy(accent => accent.GetProperty("locale").GetString()),
            locale => Assert.True(locale.Count(accent => accent.GetProperty("is_locale_default").GetBoolean()) <= 1));
        Assert.All(voices, voice => Assert.Contains(voice.GetProperty("accent").GetString()!, ids));
    }

    [Theory]
    [InlineData("PATCH", "/accents", """{"accents":["british"]}""", 403, "voice_not_owned")]
    [InlineData("PATCH", "/accents", """{"accents":["klingon"]}""", 400, "invalid_request")]
    [InlineData("PATCH", "/accents", """{"accents":[]}""", 400, "invalid_request")]
    [InlineData("PATCH", "/accents", """{"accents":"british"}""", 400, "invalid_request")]
    [InlineData("PATCH", "/accents", "{}", 400, "invalid_request")]
    [InlineData("PATCH", "/accents", "nonsense", 400, "invalid_json")]
    [InlineData("DELETE", "/accents/british", "", 403, "voice_not_owned")]
    [InlineData("DELETE", "/accents/klingon", "", 404, "accent_not_found")]
    public async Task Voice_AccentsOfTheCatalogue_CannotChange(string method, string path, string body, int status, string code)
        => await RefusedAsync(method, $"/voices/{Speaking.Voice}{path}", body, status, code);

    [Theory]
    [InlineData("PATCH", "/voices/no-such-voice/accents", """{"accents":["british"]}""")]
    [InlineData("DELETE", "/voices/no-such-voice/accents/british", "")]
    public async Task Voice_Unknown_HasNoAccents(string method, string path, string body) => await RefusedAsync(method, path, body, 404, "voice_not_found");

    [Theory]
    [InlineData("POST", "/voices/clone")]
    [InlineData("GET", "/voices/clone")]
    [InlineData("POST", "/voices/localize")]
    [InlineData("POST", "/voice-changer/bytes")]
    [InlineData("POST", "/voice-changer/sse")]
    [InlineData("POST", "/infill/bytes")]
    [InlineData("GET", "/fine-tunes")]
    [InlineData("GET", "/fine-tunes/1/voices")]
    [InlineData("POST", "/datasets/")]
    [InlineData("GET", "/agents")]
    [InlineData("GET", "/agents/calls/1/audio")]
    public async Task Path_NotOffered_Is404(string method, string path) => await RefusedAsync(method, path, "", 404, "not_found");

    private async Task RefusedAsync(string method, string path, string body, int status, string code)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Cartesia-Version", "2026-08-14");
        using var response = await _client.SendAsync(request, Cancellation);
        var error = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);

        Assert.Equal(((HttpStatusCode)status, code), (response.StatusCode, error.GetProperty("error_code").GetString()));
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
    }
}
