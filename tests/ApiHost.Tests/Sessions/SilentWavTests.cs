using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using TtsGrains.ApiHost.Sessions;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.ApiHost.Tests.Sessions;

/// <summary>The WAV stream of a live session without speech.</summary>
public sealed class SilentWavTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(AudioEncoding.PcmS16Le, 8000, 320, 0x00)]
    [InlineData(AudioEncoding.PcmF32Le, 44100, 3528, 0x00)]
    [InlineData(AudioEncoding.PcmMulaw, 8000, 160, 0xFF)]
    [InlineData(AudioEncoding.PcmAlaw, 22050, 441, 0xD5)]
    public void WriteSilence_KnownFormat_Is20MsOfSilentSamples(AudioEncoding encoding, int sampleRate, int length, byte silent)
    {
        var output = new ArrayBufferWriter<byte>();
        var wav = new SilentWav();
        wav.WriteHeader(output, new AudioFormat(encoding, sampleRate));
        output.ResetWrittenCount();

        wav.WriteSilence(output);

        Assert.Equal(Enumerable.Repeat(silent, length), output.WrittenSpan.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void WriteHeader_AfterSilence_IsOneWavHeaderWithChunksThatPlayersSkip(int silences)
    {
        var output = new ArrayBufferWriter<byte>();
        var wav = new SilentWav();
        for (var i = 0; i < silences; i++)
        {
            wav.WriteSilence(output);
        }

        wav.WriteHeader(output, new AudioFormat(AudioEncoding.PcmS16Le, 16000));

        Assert.Equal([.. Enumerable.Repeat("JUNK", silences), "fmt ", "data"], ChunksOf(output.WrittenSpan, out var dataAt));
        Assert.Equal(output.WrittenCount, dataAt);
    }

    [Fact]
    public async Task Stream_OfASilentSession_IsKeptAliveBeforeAndAfterSpeech()
    {
        await using var service = await RunningService.StartAsync("Listeners:KeepAliveInterval=00:00:00.2");
        await using var owner = await SocketClient.ConnectAsync(service, session: "call");
        using var http = new HttpClient { BaseAddress = service.Http };
        http.DefaultRequestHeaders.Add("X-API-Key", $"{RunningService.Acme}-key");
        await using var stream = await http.GetStreamAsync("/v1/sessions/call/audio.wav", Cancellation);
        var read = new List<byte>();
        await ReadAsync(stream, read, () => Encoding.ASCII.GetString([.. read]).Contains("JUNK", StringComparison.Ordinal));

        await owner.PushAsync("c", "Spoken.", more: false);
        var heard = await owner.WhenEndedAsync("c");
        var dataAt = 0;
        await ReadAsync(stream, read, () => Encoding.ASCII.GetString([.. read]).Contains("data", StringComparison.Ordinal)
            && ChunksOf([.. read], out dataAt)[^1] == "data" && read.Count >= dataAt + heard.Audio.Length + 640);
        await owner.CloseAsync();
        await ReadAsync(stream, read, () => false);

        Assert.Equal(heard.Audio, read[dataAt..(dataAt + heard.Audio.Length)]);
        var rest = read[(dataAt + heard.Audio.Length)..];
        Assert.All(rest, sample => Assert.Equal(0, sample));
        Assert.Equal(0, rest.Count % 320);
    }

    // Ends with the stream.
    private static async Task ReadAsync(Stream stream, List<byte> read, Func<bool> isEnough)
    {
        var buffer = new byte[4096];
        while (!isEnough() && await stream.ReadAsync(buffer, Cancellation) is > 0 and var length)
        {
            read.AddRange(buffer.AsSpan(0, length));
        }
    }

    private static List<string> ChunksOf(ReadOnlySpan<byte> wav, out int dataAt)
    {
        Assert.Equal("RIFF", Encoding.ASCII.GetString(wav[..4]));
        Assert.Equal("WAVE", Encoding.ASCII.GetString(wav[8..12]));
        var chunks = new List<string>();
        dataAt = 12;
        while (dataAt + 8 <= wav.Length && (chunks.Count == 0 || chunks[^1] != "data"))
        {
            chunks.Add(Encoding.ASCII.GetString(wav[dataAt..(dataAt + 4)]));
            var size = BinaryPrimitives.ReadUInt32LittleEndian(wav[(dataAt + 4)..]);
            dataAt += 8 + (chunks[^1] == "data" ? 0 : (int)size);
        }

        return chunks;
    }
}
