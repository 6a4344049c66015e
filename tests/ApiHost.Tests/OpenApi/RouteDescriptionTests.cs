using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tests.Browsers;
using TtsGrains.ApiHost.Tests.Hosting;

namespace TtsGrains.ApiHost.Tests.OpenApi;

/// <summary>The description of every route, found in the routing table: a new route without a description fails here.</summary>
public sealed partial class RouteDescriptionTests(ServiceFixture fixture) : IDisposable
{
    private static readonly string[] SelfDescription = ["/v1/openapi.json", "/docs", "/console"];

    private readonly HttpClient _http = new() { BaseAddress = fixture.Service.Http };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Routes_AreAllDescribed()
    {
        var described = (await OperationsAsync()).Select(operation => $"{operation.Method} {operation.Path}");

        Assert.Equal(Routes().Order(), described.Order());
    }

    [Fact]
    public async Task Operations_HaveANameASummaryAndATag()
    {
        var operations = await OperationsAsync();

        Assert.All(operations, operation =>
        {
            Assert.NotEmpty(operation.Json.GetProperty("summary").GetString()!);
            Assert.NotEmpty(operation.Json.GetProperty("tags").EnumerateArray());
        });
        var names = operations.Select(operation => operation.Json.GetProperty("operationId").GetString()).ToList();
        Assert.Equal(names.Distinct(), names);
    }

    [Fact]
    public async Task Parameters_AreDescribedWithOneTypeEach()
    {
        foreach (var operation in await OperationsAsync())
        {
            foreach (var parameter in operation.Parameters)
            {
                var what = $"{operation.Method} {operation.Path}: {parameter.GetProperty("name").GetString()}";
                Assert.True(parameter.TryGetProperty("description", out var description) && description.GetString()!.Length > 0, $"{what} is not described.");
                Assert.True(parameter.GetProperty("schema").GetProperty("type").ValueKind == JsonValueKind.String, $"{what} has no type, or several.");
            }

            Assert.Equal(PathParameters().Matches(operation.Path).Select(match => match.Groups[1].Value), operation.Parameters
                .Where(parameter => parameter.GetProperty("in").GetString() == "path").Select(parameter => parameter.GetProperty("name").GetString()!));
        }
    }

    [Theory]
    [InlineData("listSessions", "limit", "integer")]
    [InlineData("listSessions", "min_characters", "integer")]
    [InlineData("listSessions", "live", "boolean")]
    [InlineData("listenSession", "sample_rate", "integer")]
    [InlineData("listenSession", "from", "array")]
    [InlineData("downloadSegment", "ordinal", "integer")]
    [InlineData("listVoices", "limit", "integer")]
    [InlineData("ttsWebSocket", "offsets", "boolean")]
    public async Task Parameters_HaveTheirTypes(string operationId, string name, string type)
    {
        var operation = (await OperationsAsync()).Single(each => each.Json.GetProperty("operationId").GetString() == operationId);

        var parameter = operation.Parameters.Single(each => each.GetProperty("name").GetString() == name);
        Assert.Equal(type, parameter.GetProperty("schema").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Answers_HaveASuccessAndErrorsWithTheirBodies()
    {
        foreach (var operation in await OperationsAsync())
        {
            var what = $"{operation.Method} {operation.Path}";
            var answers = operation.Json.GetProperty("responses").EnumerateObject().ToList();
            Assert.True(answers.Exists(answer => int.Parse(answer.Name, null) < 300), $"{what} has no success.");
            var errors = answers.Where(answer => int.Parse(answer.Name, null) >= 400).ToList();
            Assert.True(errors.Count > 0 || operation.Path is "/" or "/health/live", $"{what} has no errors.");
            foreach (var error in errors)
            {
                var form = operation.Path.StartsWith("/v1/", StringComparison.Ordinal) ? "application/problem+json" : "application/json";
                Assert.True(
                    error.Value.TryGetProperty("content", out var content) && content.TryGetProperty(form, out var body) && body.TryGetProperty("schema", out _),
                    $"{what} does not say what {error.Name} looks like.");
            }
        }
    }

    [Fact]
    public async Task WavFiles_HaveTheirMediaType()
    {
        var files = (await OperationsAsync()).Where(operation => operation.Path.EndsWith(".wav", StringComparison.Ordinal)).ToList();

        Assert.Equal(5, files.Count);
        Assert.All(files, operation => Assert.True(
            operation.Json.GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("audio/wav").TryGetProperty("schema", out _)));
        var bytes = (await OperationsAsync()).Single(operation => operation.Path == "/tts/bytes").Json.GetProperty("responses").GetProperty("200").GetProperty("content");
        Assert.Equal(["application/octet-stream", "audio/mpeg", "audio/wav"], bytes.EnumerateObject().Select(form => form.Name).Order());
    }

    [Fact]
    public async Task Schemas_NumbersAreNumbersAndDurationsHaveUnits()
    {
        var properties = (await DocumentAsync()).GetProperty("components").GetProperty("schemas").EnumerateObject()
            .Where(schema => schema.Value.TryGetProperty("properties", out _))
            .SelectMany(schema => schema.Value.GetProperty("properties").EnumerateObject().Select(property => (Name: $"{schema.Name}.{property.Name}", property.Value))).ToList();

        var types = properties.Where(property => property.Value.TryGetProperty("type", out _))
            .ToDictionary(property => property.Name, property => TypesOf(property.Value.GetProperty("type")));
        Assert.All(types, type => Assert.False(
            type.Value.Contains("string") && type.Value.Any(other => other is "integer" or "number"), $"{type.Key} is {string.Join(" or ", type.Value)}."));
        var durations = properties.Where(property => property.Name.EndsWith("_ms", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(durations);
        Assert.All(durations, duration =>
        {
            Assert.Contains("number", types[duration.Name]);
            Assert.Contains("milliseconds", duration.Value.GetProperty("description").GetString(), StringComparison.OrdinalIgnoreCase);
        });
    }

    [Fact]
    public async Task UnknownQuery_OnEveryRouteOfOurs_IsRefusedWithTheKnownOnes()
    {
        var ours = (await OperationsAsync()).Where(operation => operation.Path.StartsWith("/v1/", StringComparison.Ordinal)).ToList();
        foreach (var operation in ours)
        {
            var path = operation.Path.Replace("{session}", "none", StringComparison.Ordinal).Replace("{ordinal}", "1", StringComparison.Ordinal).Replace("{flushId}", "1", StringComparison.Ordinal);
            using var response = await SendAsync(operation.Method, path + "?colour=blue");

            Assert.Equal($"{operation.Method} {path}: 400", $"{operation.Method} {path}: {(int)response.StatusCode}");
            if (operation.Method != "HEAD")
            {
                var detail = (await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("detail").GetString()!;
                Assert.Contains("colour", detail, StringComparison.Ordinal);
                Assert.All(operation.Queries, query => Assert.Contains(query, detail, StringComparison.Ordinal));
            }
        }

        Assert.True(ours.Count >= 13);
    }

    [Theory]
    [InlineData("/v1/sessions?Day=2026-03-04")]
    [InlineData("/v1/sessions?api_key=acme-key")]
    [InlineData("/v1/sessions?cartesia_version=2025-04-16")]
    [InlineData("/voices?colour=blue")]
    [InlineData("/?colour=blue")]
    public async Task KnownQueriesAndThoseOfCartesiaClients_AreTaken(string path)
    {
        using var response = await SendAsync("GET", path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Docs_AreServedWithoutTheInternet()
    {
        using var page = await _http.GetAsync("/docs/", Cancellation);
        var html = await page.Content.ReadAsStringAsync(Cancellation);
        var scripts = Scripts().Matches(html).Select(match => match.Groups[1].Value).ToList();

        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        Assert.NotEmpty(scripts);
        foreach (var script in scripts)
        {
            Assert.DoesNotContain("//", script, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, (await _http.GetAsync(new Uri(new Uri(_http.BaseAddress!, "/docs/"), script), Cancellation)).StatusCode);
        }
    }

    [Fact]
    public async Task Docs_InChromium_AskNoOtherHost()
    {
        var page = new BrowserPage("""
            const frame = document.createElement('iframe');
            frame.src = '/docs/';
            document.body.append(frame);
            for (let i = 0; i < 500 && !(frame.contentDocument?.body?.innerText ?? '').includes('TtsGrains'); i++) await new Promise(resolve => setTimeout(resolve, 100));
            const asked = frame.contentWindow.performance.getEntriesByType('resource').map(entry => new URL(entry.name).host);
            const text = frame.contentDocument.body.innerText;
            report(JSON.stringify({ others: asked.filter(host => host && host !== location.host), isRendered: text.includes('TtsGrains') }));
            """);
        await using var service = await RunningService.StartWithAsync(services => services.AddSingleton<Microsoft.AspNetCore.Hosting.IStartupFilter>(page));

        var report = await Chromium.ReportOfAsync(service.Http, page);

        Assert.Equal("""{"others":[],"isRendered":true}""", report);
    }

    private IEnumerable<string> Routes() => fixture.Service.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
        .Select(endpoint => (Path: Constraints().Replace($"/{endpoint.RoutePattern.RawText!.TrimStart('/')}", "{$1}"), Methods: endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []))
        .Where(route => !SelfDescription.Any(own => route.Path == own || route.Path.StartsWith(own + "/", StringComparison.Ordinal)))
        .SelectMany(route => route.Methods.Where(method => method != "CONNECT").Select(method => $"{method} {route.Path}"))
        .Distinct();

    private async Task<JsonElement> DocumentAsync() => await _http.GetFromJsonAsync<JsonElement>("/v1/openapi.json", Cancellation);

    private async Task<List<Operation>> OperationsAsync() => [.. (await DocumentAsync()).GetProperty("paths").EnumerateObject()
        .SelectMany(path => path.Value.EnumerateObject().Select(operation => new Operation(operation.Name.ToUpperInvariant(), path.Name, operation.Value)))];

    private async Task<HttpResponseMessage> SendAsync(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("X-API-Key", "all-key");
        request.Headers.Add("Accept", "text/event-stream");
        return await _http.SendAsync(request, Cancellation);
    }

    private static List<string> TypesOf(JsonElement type)
        => type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(each => each.GetString()!)] : [type.GetString()!];

    [GeneratedRegex(@"\{(\w+)[^}]*\}")]
    private static partial Regex Constraints();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex PathParameters();

    [GeneratedRegex("""<script[^>]*\ssrc="([^"]+)""")]
    private static partial Regex Scripts();

    private sealed record Operation(string Method, string Path, JsonElement Json)
    {
        public IReadOnlyList<JsonElement> Parameters => Json.TryGetProperty("parameters", out var parameters) ? [.. parameters.EnumerateArray()] : [];

        public IEnumerable<string> Queries => Parameters.Where(parameter => parameter.GetProperty("in").GetString() == "query").Select(parameter => parameter.GetProperty("name").GetString()!);
    }
}
