using System.Security.Cryptography;
using System.Text.Json;
using Azure.Storage.Blobs;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Protocol.Audio;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Socket;

/// <summary>What lies in the archive is, segment by segment and byte by byte, what the client heard.</summary>
public sealed class ArchiveTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_HoldWhatTheClientHeard()
    {
        await using var service = await RunningService.StartAsync();

        await CheckAsync(service, async name =>
        {
            var file = Path.Combine(service.ArchiveFolder, name);
            return File.Exists(file) ? await File.ReadAllBytesAsync(file, Cancellation) : null;
        });
    }

    [Fact]
    public async Task Azurite_HoldsWhatTheClientHeard()
    {
        await using var azurite = new Azurite();
        await azurite.InitializeAsync();
        await using var service = await RunningService.StartAsync("Archive:Kind=Azure", $"Archive:ConnectionString={azurite.ConnectionString}", "Archive:Container=speech");
        var container = new BlobContainerClient(azurite.ConnectionString, "speech");

        await CheckAsync(service, async name =>
        {
            var blob = container.GetBlobClient(name);
            return await blob.ExistsAsync(Cancellation) ? (await blob.DownloadContentAsync(Cancellation)).Value.Content.ToArray() : null;
        });
    }

    private static async Task CheckAsync(RunningService service, Func<string, Task<byte[]?>> read)
    {
        await using var client = await SocketClient.ConnectAsync(service, session: "call-1");
        await client.PushAsync("told", "First segment. ", flush: true);
        await client.PushAsync("told", "Second, ");
        await client.PushAsync("told", "longer one. ", flush: true);
        await client.PushAsync("told", "", flush: true);
        await client.PushAsync("told", "The rest.", more: false);
        var heard = await client.WhenEndedAsync("told");
        byte[]? stored = null;
        await Eventually.IsAsync(async () => (stored = await read("acme/sessions/call-1/0001-told/manifest.json")) is not null, true, Cancellation);

        var manifest = JsonDocument.Parse(stored!).RootElement;
        var segments = manifest.GetProperty("segments").EnumerateArray().ToList();
        Assert.Equal(["First segment. ", "Second, longer one. ", "", "The rest."], segments.Select(segment => segment.GetProperty("text").GetString()));
        foreach (var flushId in (int[])[1, 2, 4])
        {
            var wav = await read($"acme/sessions/call-1/0001-told/{flushId}.wav");
            Assert.Equal(FileOf(heard.AudioOf(flushId)), wav);
            Assert.Equal(Convert.ToHexString(SHA256.HashData(wav!)), segments[flushId - 1].GetProperty("sha256").GetString(), ignoreCase: true);
        }

        Assert.Equal("First segment. Second, longer one. The rest.", heard.Text);
    }

    // With its header: the padding of a file that is one byte short would pass for the byte.
    private static byte[] FileOf(byte[] audio)
    {
        var format = new AudioFormat(AudioEncoding.PcmS16Le, 8000);
        var file = new byte[Wav.HeaderLength(format.Encoding) + audio.Length + Wav.PaddingLength(audio.Length)];
        audio.CopyTo(file, Wav.WriteHeader(file, format, audio.Length));
        return file;
    }
}
