using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TtsGrains.ApiHost.Sessions;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.ApiHost.Tests.Http;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Sessions;

/// <summary>A tenant's usage is what the upstream received.</summary>
public sealed class UsageTests
{
    private const string Text = "Speak one, speak two.";
    private const int Contexts = 8;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Usage_AfterCutSockets_IsWhatTheUpstreamReceived()
    {
        await using var service = await StartAsync();
        var (billed, messages) = (0, 0);
        service.Upstream.When("", (context, message) =>
        {
            Interlocked.Add(ref billed, message.Transcript.Length);
            if (Interlocked.Increment(ref messages) % 3 != 1)
            {
                return ScriptedContext.Answer(context, message);
            }

            context.Socket.Drop();
            return Task.CompletedTask;
        });
        await using var client = await SocketClient.ConnectAsync(service, session: "call");
        for (var i = 0; i < Contexts; i++)
        {
            await client.PushAsync($"{i}", Text, more: false);
            Assert.True((await client.WhenEndedAsync($"{i}")).IsDone);
        }

        await WhenCountedAsync(service);
        var group = await GroupAsync(service, "?by=model");

        Assert.True(billed > Contexts * Text.Length);
        Assert.Equal((Contexts, Contexts * Text.Length, billed), (Count(group, "contexts"), Count(group, "characters"), Count(group, "characters_synthesised")));
        Assert.True(group.GetProperty("audio_ms").GetDouble() > 0);
        Assert.Equal((Contexts * Text.Length, Contexts * Text.Length), (Count(group, "characters_delivered"), Count(group, "characters_heard")));
        Assert.Equal(Contexts, Count(group, "contexts_with_audio"));
        Assert.True(group.GetProperty("first_audio_ms").GetDouble() > 0);
        Assert.True(group.GetProperty("slot_wait_ms").GetDouble() > 0);
        Assert.True(Count(group, "archived_bytes") > 0);
    }

    [Fact]
    public async Task Usage_OfACancelledContext_IsWhatTheClientGotAndPlayed()
    {
        await using var service = await StartAsync();
        service.Upstream.When("", static (context, message) =>
        {
            if (!message.IsCancel)
            {
                context.Speak(message.Transcript, message.WantsTimestamps);
            }

            return Task.CompletedTask;
        });
        await using (var client = await SocketClient.ConnectAsync(service, session: "call"))
        {
            await client.PushAsync("a", Text, more: true, change: message => message["add_timestamps"] = true);
            await client.WhenAsync("a", context => context.Words.Count > 0);
            await client.SendAsync("a", """{"context_id":"a","cancel":true,"played_ms":1}""");
            await client.WhenReadAsync();
        }

        await WhenCountedAsync(service);
        var group = await GroupAsync(service, "");

        Assert.Equal((Text.Length, Text.Length, 0), (Count(group, "characters"), Count(group, "characters_delivered"), Count(group, "characters_heard")));
    }

    [Theory]
    [InlineData("""{"context_id":"a","played_ms":1}""")]
    [InlineData("""{"context_id":"a","played_ms":1,"cancel":true}""")]
    public async Task Usage_OfAFinishedContext_FollowsTheReportThatComesAfterItsEnd(string report)
    {
        await using var service = await StartAsync();
        await using var client = await SocketClient.ConnectAsync(service, session: "call");
        await client.PushAsync("a", Text, more: false);
        Assert.True((await client.WhenEndedAsync("a")).IsDone);
        await WhenCountedAsync(service);

        await client.SendAsync("other", report);
        await client.WhenReadAsync();
        await Eventually.IsAsync(async () => Count(await GroupAsync(service, ""), "characters_heard"), 0, Token);

        Assert.Equal(Text.Length, Count(await GroupAsync(service, ""), "characters_delivered"));
    }

    [Fact]
    public async Task Usage_AfterAnErasure_StaysAndIsCsv()
    {
        await using var service = await StartAsync();
        await using (var client = await SocketClient.ConnectAsync(service, session: "call"))
        {
            await client.PushAsync("a", Text, more: false);
            Assert.True((await client.WhenEndedAsync("a")).IsDone);
        }

        await WhenCountedAsync(service);
        var before = await GroupAsync(service, "");
        using var archivist = CreateClient(service, "acme-key");
        using var erased = await archivist.DeleteAsync("/v1/sessions/call", Token);
        Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);

        Assert.Equal(before.GetRawText(), (await GroupAsync(service, "")).GetRawText());
        using var http = CreateClient(service, "boss-key");
        using var csv = await http.GetAsync("/v1/usage?by=ref&format=csv", Token);
        Assert.Equal("text/csv", csv.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith(
            $"group,contexts,characters,characters_synthesised,characters_delivered,characters_heard,audio_ms,archived_bytes,slot_wait_ms,contexts_with_audio,first_audio_ms\r\n\"\",1,{Text.Length},{Text.Length},{Text.Length},{Text.Length},", await csv.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData(" @SUM(A1)", "' @SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("a \"b\", c", "a \"\"b\"\", c")]
    [InlineData("a\r\nb", "a\r\nb")]
    [InlineData("a=1", "a=1")]
    public void Csv_OfAReferenceThatLooksLikeAFormula_IsText(string reference, string written)
    {
        var usage = new UsageDocument(default, default, [new UsageGroupDocument
        {
            Group = reference,
            Contexts = 1,
            Characters = 2,
            CharactersSynthesised = 3,
            CharactersDelivered = 4,
            CharactersHeard = 5,
            AudioMs = 6.5,
            ArchivedBytes = 7,
            SlotWaitMs = 8.5,
            ContextsWithAudio = 9,
            FirstAudioMs = 10,
        }]);

        Assert.EndsWith($"_audio_ms\r\n\"{written}\",1,2,3,4,5,6.5,7,8.5,9,10\r\n", usage.ToCsv(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Usage_ByKey_NamesTheKeyThatSpoke()
    {
        await using var service = await StartAsync();
        await using (var client = await SocketClient.ConnectAsync(service, session: "call"))
        {
            await client.PushAsync("a", Text, more: false);
            Assert.True((await client.WhenEndedAsync("a")).IsDone);
        }

        await WhenCountedAsync(service);
        var group = await GroupAsync(service, "?by=key");

        Assert.Equal((new ApiKey(ApiKey.HashOf("acme-key")).Id, Text.Length), (group.GetProperty("group").GetString(), Count(group, "characters")));
        using var http = CreateClient(service, "boss-key");
        http.DefaultRequestHeaders.Add("Accept", "text/csv");
        using var csv = await http.GetAsync("/v1/usage", Token);
        Assert.Equal("text/csv", csv.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Usage_OfAProcessKilledWhileTheStoreIsAway_IsWholeAndOnce()
    {
        string[] texts = ["Number one.", "And number two.", "The third."];
        await using var azurite = new Azurite();
        await azurite.InitializeAsync();
        (string, string)[] settings = [("Archive:Kind", "azure"), ("Archive:ConnectionString", azurite.ConnectionString), ("Archive:LongestRetryDelay", "00:00:01")];
        await using var killed = await RunningProgram.StartAsync(Token, settings);
        await azurite.StopAsync();
        var url = new UriBuilder(killed.Http) { Scheme = "ws", Path = "/tts/websocket", Query = "session_id=call&api_key=demo" }.Uri;
        await using (var client = await SocketClient.ConnectAsync(url))
        {
            for (var i = 0; i < texts.Length; i++)
            {
                await client.PushAsync($"{i}", texts[i], more: false);
                Assert.True((await client.WhenEndedAsync($"{i}")).IsDone);
            }

            await killed.WaitUntilAsync(
                "every segment lies in the spool",
                health => health.GetProperty("archive_segments_waiting").GetInt32() == texts.Length && health.GetProperty("archive_bytes_waiting").GetInt64() == 0,
                Token);
            await killed.KillAsync();
        }

        await azurite.StartAsync();
        await using var started = await RunningProgram.StartOnAsync(killed.Data, Token, settings);
        var whole = (texts.Length, texts.Sum(text => text.Length), texts.Sum(text => text.Length));
        await Eventually.IsAsync(() => CountAsync(started), whole, Token);
        await started.WaitUntilAsync(
            "the spool is empty",
            health => health.GetProperty("archive_segments_waiting").GetInt32() == 0 && health.GetProperty("archive_spool_bytes").GetInt64() == 0,
            Token);
        Assert.Equal(whole, await CountAsync(started));
    }

    [Theory]
    [InlineData("from=yesterday", "from must be")]
    [InlineData("from=2026-03-04&to=2026-03-03", "to must be")]
    [InlineData("from=2026-03-04&to=2026-04-04", "to must be")]
    [InlineData("by=voice", "by must be")]
    [InlineData("format=xml", "format must be")]
    [InlineData("month=3", "month is unknown")]
    public async Task Usage_OfAFaultyQuery_Is400WithTheRule(string query, string rule)
    {
        await using var service = await StartAsync();
        using var http = CreateClient(service, "boss-key");

        using var refused = await http.GetAsync($"/v1/usage?{query}", Token);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains(rule, await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    private static Task<RunningService> StartAsync()
        => RunningService.StartAsync($"Tenants:acme:Keys:1={new ApiKey(ApiKey.HashOf("boss-key")) { Scopes = Scopes.Admin, Name = "boss" }}");

    // A client hears of the end of its context before the archive does.
    private static async Task WhenCountedAsync(RunningService service)
    {
        await Eventually.IsTrueAsync(() => service.IsFinished("call"), Token);
        await service.WhenStoredAsync(Token);
    }

    private static async Task<JsonElement> GroupAsync(RunningService service, string query)
    {
        using var http = CreateClient(service, "boss-key");
        var usage = await http.GetFromJsonAsync<JsonElement>($"/v1/usage{query}", Token);
        return Assert.Single(usage.GetProperty("groups").EnumerateArray());
    }

    private static async Task<(int Contexts, int Pushed, int Sent)> CountAsync(RunningProgram program)
    {
        // From yesterday: the test may run at midnight.
        var usage = await program.Client.GetFromJsonAsync<JsonElement>($"/v1/usage?from={DateTime.UtcNow.AddDays(-1):yyyy-MM-dd}&to={DateTime.UtcNow:yyyy-MM-dd}", Token);
        var groups = usage.GetProperty("groups").EnumerateArray().ToList();
        return (groups.Sum(g => Count(g, "contexts")), groups.Sum(g => Count(g, "characters")), groups.Sum(g => Count(g, "characters_synthesised")));
    }

    private static int Count(JsonElement group, string name) => group.GetProperty(name).GetInt32();

    private static HttpClient CreateClient(RunningService service, string key)
    {
        var http = new HttpClient { BaseAddress = service.Http };
        http.DefaultRequestHeaders.Add("X-API-Key", key);
        return http;
    }
}
