using System.Buffers.Binary;
using System.Net;
using System.Text.Json.Nodes;

namespace TtsGrains.ApiHost.Tests.Http;

public sealed class BytesTests(ProgramFixture fixture)
{
    private readonly RunningProgram _program = fixture.Program;

    [Theory]
    [InlineData("pcm_s16le", 16000, 2)]
    [InlineData("pcm_f32le", 44100, 4)]
    [InlineData("pcm_mulaw", 8000, 1)]
    [InlineData("pcm_alaw", 8000, 1)]
    public async Task Bytes_RawOfEveryEncoding_IsWholeSamplesOfTheSpeech(string encoding, int rate, int sampleBytes)
    {
        using var response = await PostAsync(Speaking.Body("raw", encoding, rate));

        var audio = await ReadAsync(response);
        Assert.Equal("application/octet-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.True(response.Headers.TransferEncodingChunked);
        Assert.Equal(0, audio.Length % sampleBytes);
        Assert.InRange(audio.Length / (double)(rate * sampleBytes), 0.5, 10);
        Assert.True(audio.Distinct().Count() > 10);
    }

    [Theory]
    [InlineData("pcm_s16le", 24000, 1, 2)]
    [InlineData("pcm_f32le", 48000, 3, 4)]
    [InlineData("pcm_mulaw", 8000, 7, 1)]
    [InlineData("pcm_alaw", 22050, 6, 1)]
    public async Task Bytes_WavOfEveryEncoding_HasAStreamingHeaderBeforeTheSamples(string encoding, int rate, int tag, int sampleBytes)
    {
        using var response = await PostAsync(Speaking.Body("wav", encoding, rate));

        var file = await ReadAsync(response);
        var header = tag == 1 ? 44 : 58;
        Assert.Equal("audio/wav", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("RIFF"u8, file.AsSpan(0, 4));
        Assert.Equal(uint.MaxValue, BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(4)));
        Assert.Equal("WAVEfmt "u8, file.AsSpan(8, 8));
        Assert.Equal(tag, BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(20)));
        Assert.Equal(1, BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(22)));
        Assert.Equal(rate, BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(24)));
        Assert.Equal(sampleBytes * 8, BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(34)));
        Assert.Equal("data"u8, file.AsSpan(header - 8, 4));
        Assert.Equal(uint.MaxValue, BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(header - 4)));
        Assert.Equal(0, (file.Length - header) % sampleBytes);
        Assert.InRange((file.Length - header) / (double)(rate * sampleBytes), 0.5, 10);
    }

    [Fact]
    public async Task Bytes_SpokenTwice_RawIsTheWavWithoutItsHeader()
    {
        using var raw = await PostAsync(Speaking.Body());
        using var wav = await PostAsync(Speaking.Body("wav"));

        Assert.Equal(await ReadAsync(raw), (await ReadAsync(wav))[44..]);
    }

    [Fact]
    public async Task Bytes_WhenSpoken_IsArchivedAsItWasReceived()
    {
        var session = Guid.NewGuid().ToString("N");
        using var response = await _program.Client.SpeakAsync(
            $"/tts/bytes?session_id={session}", Speaking.Body().With("context_id", "call-1").With("save", true), TestContext.Current.CancellationToken);

        var audio = await ReadAsync(response);
        var folder = Path.Combine(_program.Data, "archive", "demo", "sessions", session, "0001-call-1");
        await _program.WaitUntilAsync(
            "the manifest is stored", _ => File.Exists(Path.Combine(folder, "manifest.json")), TestContext.Current.CancellationToken);
        var archived = await File.ReadAllBytesAsync(Path.Combine(folder, "1.wav"), TestContext.Current.CancellationToken);
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "manifest.json"), TestContext.Current.CancellationToken))!;
        Assert.Equal(session, Assert.Single(response.Headers.GetValues("X-Session-Id")));
        Assert.Equal(audio, archived[44..]);
        Assert.Equal("done", manifest["outcome"]!.GetValue<string>());
        Assert.Equal("Stay hungry, stay foolish.", manifest["text"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{"mode":"id","id":"v-1"}""")]
    [InlineData("""{"id":"v-1"}""")]
    [InlineData("\"v-1\"")]
    public async Task Bytes_VoiceInAnyForm_Speaks(string voice)
    {
        using var response = await PostAsync(Speaking.Body().With("voice", JsonNode.Parse(voice)).With("never_heard_of", 1).With("language", null));

        Assert.NotEmpty(await ReadAsync(response));
    }

    [Fact]
    public async Task Bytes_OverTls_Speaks()
    {
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
        using var client = new HttpClient(handler) { BaseAddress = _program.Https };
        var request = Speaking.Request("/tts/bytes?api_key=" + RunningProgram.Key, Speaking.Body().ToJsonString());
        request.Version = HttpVersion.Version20;

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpVersion.Version20, response.Version);
        Assert.NotEmpty(await ReadAsync(response));
    }

    private Task<HttpResponseMessage> PostAsync(JsonObject body)
        => _program.Client.SpeakAsync("/tts/bytes", body, TestContext.Current.CancellationToken);

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }
}
