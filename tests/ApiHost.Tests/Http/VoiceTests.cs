using System.Net.Http.Json;
using System.Text.Json;

namespace TtsGrains.ApiHost.Tests.Http;

public sealed class VoiceTests(ProgramFixture fixture)
{
    private readonly HttpClient _client = fixture.Program.Client;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    public async Task List_PagedAsTheSdksPage_ComesToAnEmptyPageWithEveryVoiceOnce(int limit)
    {
        var ids = new List<string>();
        while (true)
        {
            var page = await GetAsync($"/voices?limit={limit}" + (ids.Count == 0 ? "" : $"&starting_after={ids[^1]}"));
            var data = Ids(page);
            if (data.Count == 0)
            {
                break;
            }

            Assert.True(data.Count <= limit);
            Assert.True(ids.Count < 1000, "The paging does not end.");
            ids.AddRange(data);
            Assert.Equal(page.GetProperty("has_more").GetBoolean() ? ids[^1] : null, page.GetProperty("next_page").GetString());
        }

        Assert.Equal(20, ids.Count);
        Assert.Equal(ids, ids.Distinct());
        Assert.Contains(Speaking.Voice, ids);
    }

    [Fact]
    public async Task List_EndingBefore_IsThePageBefore()
    {
        var all = Ids(await GetAsync("/voices?limit=100"));

        var page = await GetAsync($"/voices?limit=3&ending_before={all[8]}");

        Assert.Equal(all[5..8], Ids(page));
        Assert.True(page.GetProperty("has_more").GetBoolean());
    }

    [Theory]
    [InlineData("gender=feminine", 9)]
    [InlineData("is_owner=true", 0)]
    [InlineData("is_owner=false", 20)]
    [InlineData("q=NORA", 1)]
    [InlineData("q=narrator&gender=masculine&expand[]=preview_file_url&surprise=1", 3)]
    public async Task List_WithFilters_HasWhatMatches(string query, int count)
        => Assert.Equal(count, Ids(await GetAsync($"/voices?limit=100&{query}")).Count);

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=101")]
    [InlineData("limit=x")]
    [InlineData("gender=none")]
    [InlineData("is_owner=2")]
    [InlineData("starting_after=nobody")]
    [InlineData("ending_before=nobody")]
    [InlineData("starting_after=6ccbfb76-1fc6-48f7-b71d-91ac6298247b&ending_before=6ccbfb76-1fc6-48f7-b71d-91ac6298247b")]
    public async Task List_WrongQuery_NamesTheParameter(string query)
    {
        using var response = await _client.GetAsync($"/voices?{query}", TestContext.Current.CancellationToken);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains(query.Split('=')[0], await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_KnownVoice_HasTheMembersOfOldAndNewVersions()
    {
        var voice = await GetAsync($"/voices/{Speaking.Voice}");

        Assert.Equal(Speaking.Voice, voice.GetProperty("id").GetString());
        Assert.Equal("en", voice.GetProperty("language").GetString());
        Assert.False(voice.GetProperty("is_owner").GetBoolean());
        Assert.True(voice.GetProperty("is_public").GetBoolean());
        Assert.Equal("public", voice.GetProperty("access").GetString());
        Assert.Equal("all", voice.GetProperty("visibility").GetString());
        Assert.True(voice.GetProperty("created_at").TryGetDateTimeOffset(out _));
        Assert.True(voice.GetProperty("locales")[0].GetProperty("is_native").GetBoolean());
        foreach (var member in (string[])["name", "description", "tagline", "gender", "country", "accent"])
        {
            Assert.False(string.IsNullOrEmpty(voice.GetProperty(member).GetString()), member);
        }
    }

    private Task<JsonElement> GetAsync(string path) => _client.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken);

    private static List<string> Ids(JsonElement page) => [.. page.GetProperty("data").EnumerateArray().Select(voice => voice.GetProperty("id").GetString()!)];
}
