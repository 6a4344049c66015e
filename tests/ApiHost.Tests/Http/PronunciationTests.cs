using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;

namespace TtsGrains.ApiHost.Tests.Http;

/// <summary><c>/pronunciation-dicts/</c>, and contexts that speak with a dictionary.</summary>
public sealed class PronunciationTests(ServiceFixture fixture)
{
    private const string Path = "/pronunciation-dicts/";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Dict_CreatedChangedAndDeleted_IsAsItWasSent()
    {
        using var client = Connect(fixture.Service, RunningService.Acme);

        var created = await SendAsync(client, HttpMethod.Post, Path, """{"name":"Brands","items":[{"text":"GIF","alias":"jif"},{"text":"sql","alias":"sequel","case_sensitive":true}]}""");
        var id = created.GetProperty("id").GetString()!;
        Assert.Equal(("Brands", RunningService.Acme, false), (created.GetProperty("name").GetString(), created.GetProperty("owner_id").GetString(), created.GetProperty("pinned").GetBoolean()));
        Assert.True(created.GetProperty("created_at").TryGetDateTimeOffset(out _));
        Assert.Equal("""[{"text":"GIF","alias":"jif","case_sensitive":false},{"text":"sql","alias":"sequel","case_sensitive":true}]""", created.GetProperty("items").GetRawText());
        Assert.Equal(created.GetRawText(), (await SendAsync(client, HttpMethod.Get, Path + id)).GetRawText());

        var renamed = await SendAsync(client, HttpMethod.Patch, Path + id, """{"name":"Names"}""");
        Assert.Equal(("Names", 2), (renamed.GetProperty("name").GetString(), renamed.GetProperty("items").GetArrayLength()));
        var emptied = await SendAsync(client, HttpMethod.Patch, Path + id, """{"items":[]}""");
        Assert.Equal(("Names", 0), (emptied.GetProperty("name").GetString(), emptied.GetProperty("items").GetArrayLength()));

        using var deleted = await client.DeleteAsync(Path + id, Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var gone = await client.GetAsync(Path + id, Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(100)]
    public async Task List_PagedAsTheSdksPage_HasEveryDictOnceAndEnds(int limit)
    {
        await using var service = await RunningService.StartAsync();
        using var client = Connect(service, RunningService.Acme);
        var created = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            created.Insert(0, (await SendAsync(client, HttpMethod.Post, Path, $$"""{"name":"d{{i}}"}""")).GetProperty("id").GetString()!);
        }

        var ids = new List<string>();
        while (true)
        {
            var page = await SendAsync(client, HttpMethod.Get, $"{Path}?limit={limit}" + (ids.Count == 0 ? "" : $"&starting_after={ids[^1]}"));
            var data = page.GetProperty("data").EnumerateArray().Select(dict => dict.GetProperty("id").GetString()!).ToList();
            if (data.Count == 0)
            {
                break;
            }

            Assert.True(data.Count <= limit && ids.Count < 10);
            ids.AddRange(data);
            Assert.Equal(page.GetProperty("has_more").GetBoolean() ? ids[^1] : null, page.GetProperty("next_page").GetString());
        }

        Assert.Equal(created, ids);
        var before = await SendAsync(client, HttpMethod.Get, $"{Path}?limit=1&ending_before={created[2]}");
        Assert.Equal(created[1], before.GetProperty("data")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task Dict_OfAnotherTenant_IsNotThere()
    {
        using var acme = Connect(fixture.Service, RunningService.Acme);
        using var bolt = Connect(fixture.Service, RunningService.Bolt);
        var id = (await SendAsync(acme, HttpMethod.Post, Path, """{"name":"Secret"}""")).GetProperty("id").GetString()!;

        using var read = await bolt.GetAsync(Path + id, Cancellation);
        using var changed = await bolt.PatchAsync(Path + id, new StringContent("{}"), Cancellation);
        using var deleted = await bolt.DeleteAsync(Path + id, Cancellation);

        HttpStatusCode[] answers = [read.StatusCode, changed.StatusCode, deleted.StatusCode];
        Assert.All(answers, status => Assert.Equal(HttpStatusCode.NotFound, status));
        Assert.DoesNotContain(id, (await SendAsync(bolt, HttpMethod.Get, Path + "?limit=100")).GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "name")]
    [InlineData("""{"name":""}""", "name")]
    [InlineData("""{"name":7}""", "name")]
    [InlineData("""{"name":"n","items":{}}""", "items")]
    [InlineData("""{"name":"n","items":[null]}""", "items[0].text")]
    [InlineData("""{"name":"n","items":[{"text":"a","alias":"b"},{"text":" ","alias":"b"}]}""", "items[1].text")]
    [InlineData("""{"name":"n","items":[{"text":"a"}]}""", "items[0].alias")]
    [InlineData("""{"name":"n","items":[{"text":"a","alias":"b","case_sensitive":"yes"}]}""", "case_sensitive")]
    [InlineData("nonsense", "JSON")]
    [InlineData("null", "JSON")]
    public async Task Create_InvalidBody_NamesTheMember(string body, string named)
    {
        using var client = Connect(fixture.Service, RunningService.Acme);
        using var response = await client.PostAsync(Path, new StringContent(body, Encoding.UTF8, "application/json"), Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(named, await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=101")]
    [InlineData("starting_after=unknown")]
    [InlineData("ending_before=unknown")]
    [InlineData("starting_after=a&ending_before=b")]
    public async Task List_InvalidQuery_IsRefused(string query)
    {
        using var client = Connect(fixture.Service, RunningService.Acme);
        using var response = await client.GetAsync($"{Path}?{query}", Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Context_WithADict_SendsTheUpstreamTheIdOfItsCopy()
    {
        await using var service = await RunningService.StartAsync();
        using var http = Connect(service, RunningService.Acme);
        var id = (await SendAsync(http, HttpMethod.Post, Path, """{"name":"Brands","items":[{"text":"GIF","alias":"jif"}]}""")).GetProperty("id").GetString()!;
        await using var client = await SocketClient.ConnectAsync(service);

        await client.PushAsync("a", "A GIF.", more: false, change: message => message["pronunciation_dict_id"] = id);
        await client.WhenEndedAsync("a");
        await SendAsync(http, HttpMethod.Patch, Path + id, """{"items":[{"text":"GIF","alias":"gif"}]}""");
        await client.PushAsync("b", "A GIF again.", more: false, change: message => message["pronunciation_dict_id"] = id);
        await client.WhenEndedAsync("b");
        await client.PushAsync("c", "A GIF once more.", more: false, change: message => message["pronunciation_dict_id"] = id);
        await client.WhenEndedAsync("c");

        // Created when it was first used, updated after the change, and nothing for the third context.
        Assert.Equal(["POST /pronunciation-dicts/", "PATCH /pronunciation-dicts/upstream-dict-1"], service.Upstream.Dicts.Requests);
        var copy = Assert.Single(service.Upstream.Dicts.All);
        Assert.Equal("gif", copy.Value.GetProperty("items")[0].GetProperty("alias").GetString());
        Assert.DoesNotContain(RunningService.Acme, copy.Value.GetRawText(), StringComparison.Ordinal);
        Assert.All(service.Upstream.Received, message => Assert.Equal("upstream-dict-1", message.Json.GetProperty("pronunciation_dict_id").GetString()));

        using var deleted = await http.DeleteAsync(Path + id, Cancellation);
        Assert.Empty(service.Upstream.Dicts.All);
    }

    [Theory]
    [InlineData("no-such-dict")]
    [InlineData("pdict_0198a000000070008000000000000000")]
    public async Task Context_WithAnUnknownDict_EndsWith404(string id)
    {
        await using var client = await fixture.ConnectAsync();
        var context = $"unknown-{id}";
        await client.PushAsync(context, "Never spoken.", more: false, change: message => message["pronunciation_dict_id"] = id);
        var end = (await client.WhenEndedAsync(context)).End!.Value;

        Assert.Equal((404, "pronunciation_dict_not_found"), (end.GetProperty("status_code").GetInt32(), end.GetProperty("error_code").GetString()));
    }

    [Fact]
    public async Task Bytes_WithADict_IsSpokenByTheEmbeddedVoiceWithTheAlias()
    {
        await using var program = await RunningProgram.StartAsync(Cancellation, ("LocalVoice:RealtimeFactor", "0"));
        var id = (await SendAsync(program.Client, HttpMethod.Post, Path, """{"name":"n","items":[{"text":"TTS","alias":"a much longer text to be spoken"}]}""")).GetProperty("id").GetString()!;

        var plain = await LengthAsync(program, dict: null);
        var longer = await LengthAsync(program, id);
        await program.KillAsync();
        await using var restarted = await RunningProgram.StartOnAsync(program.Data, Cancellation, ("LocalVoice:RealtimeFactor", "0"));

        Assert.True(longer > plain * 3 / 2, $"{plain} bytes without the dictionary, {longer} with it");
        Assert.Equal(longer, await LengthAsync(restarted, id));
    }

    [Fact]
    public async Task Bytes_WithAnUnknownDict_IsRefused()
    {
        using var client = Connect(fixture.Service, RunningService.Acme);
        using var response = await client.SpeakAsync("/tts/bytes", Speaking.Body().With("pronunciation_dict_id", "no-such-dict"), Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private static async Task<int> LengthAsync(RunningProgram program, string? dict)
    {
        using var response = await program.Client.SpeakAsync("/tts/bytes", Speaking.Body().With("transcript", "TTS").With("pronunciation_dict_id", dict), Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadAsByteArrayAsync(Cancellation)).Length;
    }

    private static HttpClient Connect(RunningService service, string tenant)
    {
        var client = new HttpClient { BaseAddress = service.Http };
        client.DefaultRequestHeaders.Add("X-API-Key", $"{tenant}-key");
        return client;
    }

    private static async Task<JsonElement> SendAsync(HttpClient client, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        using var response = await client.SendAsync(request, Cancellation);
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync(Cancellation)}");
        return await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
    }
}
