using System.Net;
using System.Net.Http.Headers;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Audio;
using TtsGrains.Protocol.Audio;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Sessions;

/// <summary>All that a session said as one file.</summary>
public sealed class RecordingTests(ServiceFixture fixture) : IDisposable
{
    private static readonly AudioFormat Narrow = new(AudioEncoding.PcmS16Le, 8000);
    private static readonly AudioFormat Wide = new(AudioEncoding.PcmF32Le, 24000);

    private readonly ArchiveClient _archive = new(fixture.Service);
    private readonly string _session = $"s-{Guid.NewGuid():N}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Path => $"/v1/sessions/{_session}/recording.wav";

    public void Dispose() => _archive.Dispose();

    [Fact]
    public async Task Recording_OfDifferentForms_IsInThatOfTheFirst()
    {
        var (one, two) = await SpeakAsync();

        var recording = await _archive.DownloadAsync(Path);

        Assert.Equal([.. Header(Narrow, recording.Length - 44), .. one, .. Changed(two, Wide, Narrow)], recording);
    }

    [Theory]
    [InlineData("encoding=pcm_mulaw", AudioEncoding.PcmMulaw, 8000)]
    [InlineData("encoding=pcm_s16le&sample_rate=16000", AudioEncoding.PcmS16Le, 16000)]
    [InlineData("sample_rate=48000", AudioEncoding.PcmS16Le, 48000)]
    public async Task Recording_InAnotherForm_IsBothContextsInIt(string query, AudioEncoding encoding, int rate)
    {
        var (one, two) = await SpeakAsync();
        var wanted = new AudioFormat(encoding, rate);
        byte[] audio = [.. Changed(one, Narrow, wanted), .. Changed(two, Wide, wanted)];

        var recording = await _archive.DownloadAsync($"{Path}?{query}");

        Assert.Equal([.. Header(wanted, audio.Length), .. audio, .. new byte[Wav.PaddingLength(audio.Length)]], recording);
    }

    [Fact]
    public async Task Recording_RangeAndConditions_AreKept()
    {
        await SpeakAsync();
        var whole = await _archive.DownloadAsync(Path);

        using var head = await _archive.SendAsync(HttpMethod.Head, Path);
        using var part = await _archive.SendAsync(HttpMethod.Get, Path, r => r.Headers.Range = new RangeHeaderValue(whole.Length - 50, null));
        using var unchanged = await _archive.SendAsync(HttpMethod.Get, Path, r => r.Headers.IfNoneMatch.Add(head.Headers.ETag!));
        using var other = await _archive.SendAsync(HttpMethod.Get, $"{Path}?encoding=pcm_alaw", r => r.Headers.IfNoneMatch.Add(head.Headers.ETag!));

        Assert.Equal((HttpStatusCode.OK, (long?)whole.Length, "audio/wav"), (head.StatusCode, head.Content.Headers.ContentLength, head.Content.Headers.ContentType?.MediaType));
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(whole[^50..], await part.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal((HttpStatusCode.NotModified, HttpStatusCode.OK), (unchanged.StatusCode, other.StatusCode));
        await _archive.RefusedAsync(
            HttpMethod.Get, Path, HttpStatusCode.RequestedRangeNotSatisfiable, "range_not_satisfiable", r => r.Headers.Range = new RangeHeaderValue(whole.Length, null));
    }

    [Theory]
    [InlineData("encoding=opus")]
    [InlineData("sample_rate=11025")]
    public async Task Recording_InAFormThatCannotBeHad_IsRefused(string query)
    {
        await SpeakAsync();

        await _archive.RefusedAsync(HttpMethod.Get, $"{Path}?{query}", HttpStatusCode.BadRequest, "invalid_request");
    }

    private async Task<(byte[] One, byte[] Two)> SpeakAsync()
    {
        await using var client = await ArchiveClient.SpeakAsync(fixture.Service, $"session_id={_session}");
        await client.PushAsync("one", "First it.", flush: true);
        await client.PushAsync("one", "Then that.", more: false);
        var one = await client.WhenEndedAsync("one");
        await client.PushAsync("two", "In another form, and longer than that.", more: false, change: message =>
        {
            message["output_format"]!["encoding"] = Wide.Encoding.ToWireName();
            message["output_format"]!["sample_rate"] = Wide.SampleRate;
        });
        var two = await client.WhenEndedAsync("two");
        await Eventually.IsTrueAsync(() => fixture.Service.IsFinished(_session), Token);
        await fixture.Service.WhenStoredAsync(Token);
        return (one.Audio, two.Audio);
    }

    private static byte[] Header(AudioFormat format, int audioBytes)
    {
        var header = new byte[Wav.HeaderLength(format.Encoding)];
        Wav.WriteHeader(header, format, audioBytes);
        return header;
    }

    private static byte[] Changed(byte[] audio, AudioFormat from, AudioFormat to)
    {
        var transcoder = new Transcoder(from, to);
        return [.. transcoder.Write(audio), .. transcoder.Drain()];
    }
}
