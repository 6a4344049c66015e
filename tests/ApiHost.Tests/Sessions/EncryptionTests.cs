using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Sessions;

/// <summary>An encrypted archive: the API reads it, the store cannot be read, and deleting the key erases.</summary>
public sealed class EncryptionTests
{
    private const string Keys = "/v1/archive-keys";
    private const string Session = "/v1/sessions/call";
    private const string Segment = $"{Session}/contexts/1/segments/1.wav";
    private const string Secret = "A secret that only its tenant may read.";
    private const string Master = "Archive:Encryption:MasterKey=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    private static readonly string[] Encrypted = ["Archive:Encryption:Mode=on", $"Tenants:acme:Keys:1={AdminKey} scopes=admin"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string AdminKey => ApiKey.HashOf("acme-admin-key");

    [Fact]
    public async Task Archive_Encrypted_IsReadOverTheApiOnly()
    {
        await using var service = await RunningService.StartAsync(Encrypted);
        using var archive = new ArchiveClient(service);
        var audio = await SpeakAsync(service, "call");

        var recording = await archive.DownloadAsync($"{Session}/recording.wav");
        using var part = await archive.SendAsync(HttpMethod.Get, Segment, request => request.Headers.Range = new RangeHeaderValue(60, 159));
        var manifest = await archive.GetAsync($"{Session}/contexts/1/manifest");

        Assert.Equal(audio, recording[44..(44 + audio.Length)]);
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(recording[60..160], await part.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal(Secret, manifest.GetProperty("text").GetString());
        Assert.Equal($"\"{manifest.GetProperty("segments")[0].GetProperty("sha256").GetString()}\"", part.Headers.ETag?.Tag);
        Assert.Single(Directory.EnumerateFiles(service.ArchiveFolder, "1.wav", SearchOption.AllDirectories));
        byte[][] pieces = [Encoding.UTF8.GetBytes("A secret"), audio[8..40], Encoding.ASCII.GetBytes(Convert.ToBase64String(audio.AsSpan(9, 30)))];
        Assert.True(ByteSearch.HasAny(recording, pieces));
        Assert.Empty(ByteSearch.FilesWith(service.Data, pieces));
    }

    [Fact]
    public async Task DeleteKeys_ErasesWhatWasArchivedAndNothingLater()
    {
        await using var service = await RunningService.StartAsync([.. Encrypted, "Contexts:ReconnectTimeout=00:00:01"]);
        using var archive = new ArchiveClient(service);
        using var admin = AdminOf(service);
        await SpeakAsync(service, "call");
        await WhenArchivedAreAsync(archive, "call");

        await RefusedAsync(admin, HttpMethod.Delete, $"{Keys}?confirm=bolt", HttpStatusCode.BadRequest, "invalid_request");
        using var deleted = await admin.DeleteAsync($"{Keys}?confirm=acme", Token);

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        foreach (var path in (string[])[Session, Segment, $"{Session}/contexts/1/manifest", $"{Session}/recording.wav"])
        {
            await archive.RefusedAsync(HttpMethod.Get, path, HttpStatusCode.Gone, "archive_key_deleted");
        }

        await SpeakAsync(service, "later");
        Assert.NotEmpty(await archive.DownloadAsync("/v1/sessions/later/recording.wav"));
        await WhenArchivedAreAsync(archive, "later");
        using var erased = await archive.SendAsync(HttpMethod.Delete, Session);
        Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);
        var keys = await admin.GetFromJsonAsync<JsonElement>(Keys, Token);
        Assert.Equal([true, false], keys.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("deleted_at").ValueKind != JsonValueKind.Null));
        var audit = Directory.EnumerateFiles(Path.Combine(service.ArchiveFolder, "acme", "audit"), "*.json", SearchOption.AllDirectories).Select(File.ReadAllText);
        Assert.Equal(2, audit.Count(text => text.Contains("delete_keys", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task DeleteKeys_WhileASessionIsHeld_IsRefused()
    {
        await using var service = await RunningService.StartAsync(Encrypted);
        using var archive = new ArchiveClient(service);
        using var admin = AdminOf(service);
        await SpeakAsync(service, "call");
        using var held = await archive.SendAsync(HttpMethod.Put, $"{Session}/hold");

        await RefusedAsync(admin, HttpMethod.Delete, $"{Keys}?confirm=acme", HttpStatusCode.Conflict, "session_held");

        Assert.NotEmpty(await archive.DownloadAsync($"{Session}/recording.wav"));
    }

    [Fact]
    public async Task RotateKey_OldAndNewSessionsAreRead()
    {
        await using var service = await RunningService.StartAsync(Encrypted);
        using var archive = new ArchiveClient(service);
        using var admin = AdminOf(service);
        await SpeakAsync(service, "call");

        using var rotated = await admin.PostAsync(Keys, null, Token);
        await SpeakAsync(service, "later");

        Assert.Equal(2, (await rotated.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("keys").GetArrayLength());
        Assert.NotEmpty(await archive.DownloadAsync($"{Session}/recording.wav"));
        Assert.NotEmpty(await archive.DownloadAsync("/v1/sessions/later/recording.wav"));
    }

    [Fact]
    public async Task RotateKey_EncryptionOff_IsRefused()
    {
        await using var service = await RunningService.StartAsync(Encrypted[1]);
        using var admin = AdminOf(service);

        await RefusedAsync(admin, HttpMethod.Post, Keys, HttpStatusCode.Conflict, "encryption_off");
        Assert.False((await admin.GetFromJsonAsync<JsonElement>(Keys, Token)).GetProperty("encrypted").GetBoolean());
    }

    [Fact]
    public async Task Segment_ChangedInTheStore_IsAProblemThatSaysSo()
    {
        await using var service = await RunningService.StartAsync(Encrypted);
        using var archive = new ArchiveClient(service);
        await SpeakAsync(service, "call");
        var file = Directory.EnumerateFiles(service.ArchiveFolder, "1.wav", SearchOption.AllDirectories).Single();
        var bytes = await File.ReadAllBytesAsync(file, Token);
        bytes[^20] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Token);

        await archive.RefusedAsync(HttpMethod.Get, Segment, HttpStatusCode.InternalServerError, "archive_damaged");
        await archive.RefusedAsync(HttpMethod.Get, $"{Session}/recording.wav", HttpStatusCode.InternalServerError, "archive_damaged", request => request.Headers.Range = new RangeHeaderValue(60, 80));
        bytes[10] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Token);
        await archive.RefusedAsync(HttpMethod.Get, Segment, HttpStatusCode.ServiceUnavailable, "archive_key_missing");
    }

    [Fact]
    public async Task TokenKeysInTheArchive_HostsAcceptEachOthersTokensAndTheStoreDoesNotTellThem()
    {
        await using var first = await RunningService.StartAsync("AccessTokens:Keys=archive", Master);
        await using var second = await RunningService.StartAsync("AccessTokens:Keys=archive", Master, $"Archive:Path={first.ArchiveFolder}");
        var caller = first.Services.GetRequiredService<TenantDirectory>().Find("acme-key")!;

        var token = first.Services.GetRequiredService<AccessTokens>().Create(caller, Scopes.Archive, TimeSpan.FromMinutes(1));

        using var http = new HttpClient { BaseAddress = second.Http };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.GetAsync("/v1/sessions", Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(Directory.Exists(Path.Combine(first.Data, "token-keys")));
        var stored = Assert.Single(Directory.EnumerateFiles(Path.Combine(first.ArchiveFolder, "~secrets"), "*", SearchOption.AllDirectories));
        Assert.True((await File.ReadAllBytesAsync(stored, Token)).AsSpan().IndexOf("<key"u8) < 0);
    }

    private static async Task<byte[]> SpeakAsync(RunningService service, string session)
    {
        await using var client = await SocketClient.ConnectAsync(service, session: session);
        await client.PushAsync("told", Secret, more: false);
        var heard = await client.WhenEndedAsync("told");
        await Eventually.IsTrueAsync(() => service.IsFinished(session), Token);
        await service.WhenStoredAsync(Token);
        return heard.Audio;
    }

    // A session is live for a moment after its client has left.
    private static Task WhenArchivedAreAsync(ArchiveClient archive, string expected) => Eventually.IsAsync(
        async () => string.Join(' ', (await archive.GetAsync("/v1/sessions?live=false")).GetProperty("data").EnumerateArray().Select(session => session.GetProperty("session_id").GetString())),
        expected,
        Token);

    private static HttpClient AdminOf(RunningService service)
    {
        var http = new HttpClient { BaseAddress = service.Http };
        http.DefaultRequestHeaders.Add("X-API-Key", "acme-admin-key");
        return http;
    }

    private static async Task RefusedAsync(HttpClient http, HttpMethod method, string path, HttpStatusCode status, string code)
    {
        using var request = new HttpRequestMessage(method, path);
        using var answer = await http.SendAsync(request, Token);
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(code, (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("error_code").GetString());
    }
}
