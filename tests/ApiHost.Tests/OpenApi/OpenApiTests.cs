using System.Text.Json;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.ApiHost.Tests.Sessions;

namespace TtsGrains.ApiHost.Tests.OpenApi;

/// <summary>The API's description of itself.</summary>
public sealed class OpenApiTests(ServiceFixture fixture) : IDisposable
{
    private readonly ArchiveClient _archive = new(fixture.Service);

    public void Dispose() => _archive.Dispose();

    [Fact]
    public async Task Operations_HaveEachANameOfTheirOwn()
    {
        string[] expected =
        [
            "listSessions", "showSession", "downloadSegment", "downloadSegmentHead", "contextManifest", "contextManifestHead", "sessionRecording", "sessionRecordingHead",
            "listenSession", "listenSessionWav", "eraseSession", "holdSession", "releaseSession",
            "ttsWebSocket", "ttsBytes", "ttsSse", "listVoices", "getVoice", "createAccessToken", "revokeAccessToken", "revokeAnyAccessToken", "showTenant", "showOperations", "showUsage", "status", "live", "ready",
            "showAudit", "showAnyAudit", "listTenants", "addTenant", "showAnyTenant", "removeTenant", "changeLimits", "addKey", "rotateKey", "revokeKey",
            "listArchiveKeys", "rotateArchiveKey", "deleteArchiveKeys", "listAccents", "addVoiceAccents", "removeVoiceAccent",
            "createPronunciationDict", "listPronunciationDicts", "getPronunciationDict", "updatePronunciationDict", "deletePronunciationDict",
        ];

        Assert.Equal(expected.Order(), (await OperationsAsync()).Select(operation => operation.GetProperty("operationId").GetString()).Order());
    }

    [Theory]
    [InlineData("listenSession", "from,encoding,sample_rate,bookmarks,since", "101,200,204,400,401,403,404,426,429,503")]
    [InlineData("listenSessionWav", "from,encoding,sample_rate", "200,400,401,403,404,429,503")]
    [InlineData("sessionRecording", "encoding,sample_rate", "200,206,400,401,403,404,409,416,503")]
    public async Task Listening_NamesItsQueriesAndAnswers(string id, string queries, string answers)
    {
        var operation = (await OperationsAsync()).Single(operation => operation.GetProperty("operationId").GetString() == id);

        Assert.Equal(queries.Split(','), Parameters(operation).Where(p => p.GetProperty("in").GetString() == "query").Select(p => p.GetProperty("name").GetString()));
        Assert.Equal(answers.Split(','), operation.GetProperty("responses").EnumerateObject().Select(answer => answer.Name).Order());
    }

    [Fact]
    public async Task Listening_IsDescribedInWords()
    {
        var operation = (await OperationsAsync()).Single(operation => operation.GetProperty("operationId").GetString() == "listenSession");
        var words = operation.GetProperty("description").GetString()!;

        Assert.All((string[])["WebSocket", "server-sent event", "session_id", "offset", "gap"], word => Assert.Contains(word, words, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Document_NamesTheWaysToSendAKey()
    {
        var document = await _archive.GetAsync("/v1/openapi.json");

        var schemes = document.GetProperty("components").GetProperty("securitySchemes").EnumerateObject().Select(scheme => scheme.Name).ToList();
        Assert.Equal(["bearer", "header", "query"], schemes.Order());
        Assert.Equal(schemes, document.GetProperty("security").EnumerateArray().Select(choice => choice.EnumerateObject().Single().Name));
        Assert.Contains("session_id", document.GetProperty("components").GetProperty("schemas").GetRawText(), StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<JsonElement>> OperationsAsync()
        => [.. (await _archive.GetAsync("/v1/openapi.json")).GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).Select(operation => operation.Value)];

    private static JsonElement[] Parameters(JsonElement operation)
        => operation.TryGetProperty("parameters", out var parameters) ? [.. parameters.EnumerateArray()] : [];
}
