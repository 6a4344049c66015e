using System.Globalization;
using System.Text.Json;
using Azure.Storage.Blobs;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.ApiHost.Tests.Http;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Sessions;

/// <summary>The store goes away, and so may the process: nothing that was finished is lost.</summary>
public sealed class StoreAwayTests
{
    private const int Header = 44;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StoreStoppedInMidSpeech_StartedAgain_HasEverySegment()
    {
        await using var azurite = new Azurite();
        await azurite.InitializeAsync();
        await using var service = await RunningService.StartAsync(
            "Archive:Kind=azure", $"Archive:ConnectionString={azurite.ConnectionString}", "Archive:LongestRetryDelay=00:00:01");
        await using var client = await ArchiveClient.SpeakAsync(service, "session_id=call");
        await client.PushAsync("c", "Before it stops. ", flush: true);
        await client.WhenAsync("c", c => c.FlushesDone == 1);
        await Eventually.IsAsync(() => service.HasStoredAsync("acme/sessions/call/0001-c/1.wav", Token), true, Token);

        await azurite.StopAsync();
        await client.PushAsync("c", "While it is away. ", flush: true);
        await client.WhenAsync("c", c => c.FlushesDone == 2);
        await client.PushAsync("c", "At its end.", more: false);
        var heard = await client.WhenEndedAsync("c");
        await azurite.StartAsync();
        await Eventually.IsTrueAsync(() => service.IsFinished("call"), Token);
        await service.WhenStoredAsync(Token);

        var blobs = new BlobContainerClient(azurite.ConnectionString, "tts");
        foreach (var flushId in Enumerable.Range(1, 3))
        {
            var wav = await blobs.GetBlobClient($"acme/sessions/call/0001-c/{flushId}.wav").DownloadContentAsync(Token);
            Assert.Equal(heard.AudioOf(flushId), wav.Value.Content.ToArray()[Header..]);
        }

        using var archive = new ArchiveClient(service);
        Assert.Equal(heard.Audio, (await archive.DownloadAsync("/v1/sessions/call/recording.wav"))[Header..]);
    }

    [Fact]
    public async Task ProcessKilledWithAFullSpool_StartedAgain_HasEverySegment()
    {
        const int Contexts = 20;
        await using var azurite = new Azurite();
        await azurite.InitializeAsync();
        (string, string)[] settings = [("Archive:Kind", "azure"), ("Archive:ConnectionString", azurite.ConnectionString), ("Archive:LongestRetryDelay", "00:00:01")];
        await using var killed = await RunningProgram.StartAsync(Token, settings);
        await azurite.StopAsync();
        var heard = new List<HeardContext>();
        var url = new UriBuilder(killed.Http) { Scheme = "ws", Path = "/tts/websocket", Query = "session_id=call&api_key=demo" }.Uri;
        await using (var client = await SocketClient.ConnectAsync(url))
        {
            for (var number = 1; number <= Contexts; number++)
            {
                var context = $"c{number:D2}";
                await client.PushAsync(context, $"Number {number}. ", flush: true);
                await client.PushAsync(context, "And its end.", more: number == Contexts, flush: number == Contexts);
                heard.Add(number == Contexts ? await client.WhenAsync(context, c => c.FlushesDone == 2) : await client.WhenEndedAsync(context));
            }

            await killed.WaitUntilAsync(
                "every segment lies in the spool",
                health => health.GetProperty("archive_segments_waiting").GetInt32() == 2 * Contexts && health.GetProperty("archive_bytes_waiting").GetInt64() == 0,
                Token);

            // The last context is still open: it never gets to its end.
            await killed.KillAsync();
        }

        await azurite.StartAsync();
        await using var started = await RunningProgram.StartOnAsync(killed.Data, Token, settings);
        await started.WaitUntilAsync(
            "the spool is empty",
            health => health.GetProperty("archive_segments_waiting").GetInt32() == 0 && health.GetProperty("archive_spool_bytes").GetInt64() == 0,
            Token);

        foreach (var context in heard)
        {
            var ordinal = int.Parse(context.Id.AsSpan(1), CultureInfo.InvariantCulture);
            foreach (var flushId in (int[])[1, 2])
            {
                var wav = await started.Client.GetByteArrayAsync($"/v1/sessions/call/contexts/{ordinal}/segments/{flushId}.wav", Token);
                Assert.Equal(context.AudioOf(flushId), wav[Header..]);
            }
        }

        var last = JsonDocument.Parse(await started.Client.GetStringAsync($"/v1/sessions/call/contexts/{Contexts}/manifest", Token)).RootElement;
        Assert.True(last.GetProperty("process_ended").GetBoolean());
        Assert.Equal("Number 20. And its end.", last.GetProperty("text").GetString());
    }
}
