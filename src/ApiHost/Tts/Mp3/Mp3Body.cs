using System.Buffers;
using System.Runtime.InteropServices;
using TtsGrains.Archive.Writing;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.ApiHost.Tts.Mp3;

/// <summary>
/// Encodes samples as MP3 of a constant bit rate, frame by frame. The format allows less than 192 kbit/s at low sample rates: 160 up to 24 kHz,
/// 64 at 8 kHz. LAME then takes the nearest one that it allows, which is what the client would have had to ask for.
/// </summary>
internal sealed class Mp3Body : IAudioBody
{
    // Of 0 (best) to 9: what LAME recommends where speed counts; the difference is not heard in speech.
    private const int Quality = 7;

    // What LAME's manual asks for beside 1.25 bytes a sample, and for the flush.
    private const int SpareBytes = 7200;

    private readonly Encoder _encoder;

    /// <param name="sampleRate">Hz.</param>
    /// <param name="bitRate">Bits per second.</param>
    /// <exception cref="InvalidOperationException">LAME does not take these parameters.</exception>
    public Mp3Body(int sampleRate, int bitRate)
    {
        Format = new AudioFormat(AudioEncoding.PcmS16Le, sampleRate);
        _encoder = new Encoder(LameLibrary.Init());
        var handle = _encoder.DangerousGetHandle();
        _ = LameLibrary.SetChannels(handle, 1);
        _ = LameLibrary.SetMode(handle, LameLibrary.Mono);
        _ = LameLibrary.SetInputRate(handle, sampleRate);
        _ = LameLibrary.SetOutputRate(handle, sampleRate);
        _ = LameLibrary.SetBitRate(handle, bitRate / 1000);
        _ = LameLibrary.SetQuality(handle, Quality);

        // The frame that tells the length comes first but is only known last: a stream cannot have one.
        _ = LameLibrary.SetInfoFrame(handle, 0);
        if (_encoder.IsInvalid || LameLibrary.Start(handle) < 0)
        {
            _encoder.Dispose();
            throw new InvalidOperationException($"LAME does not encode {sampleRate} Hz at {bitRate} bit/s.");
        }
    }

    public AudioFormat Format { get; }

    public string ContentType => "audio/mpeg";

    public void Begin(IBufferWriter<byte> output)
    {
    }

    public void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> payload)
    {
        var audio = ArrayPool<byte>.Shared.Rent(ChunkAudio.GetMaxLength(payload.Length));
        if (ChunkAudio.TryDecode(payload, audio, out var length))
        {
            var samples = MemoryMarshal.Cast<byte, short>(audio.AsSpan(0, length));
            var room = output.GetSpan((samples.Length * 5 / 4) + SpareBytes);
            output.Advance(Math.Max(0, LameLibrary.Encode(_encoder.DangerousGetHandle(), samples, samples, samples.Length, room, room.Length)));
        }

        ArrayPool<byte>.Shared.Return(audio);
    }

    public void End(IBufferWriter<byte> output)
    {
        var room = output.GetSpan(SpareBytes);
        output.Advance(Math.Max(0, LameLibrary.Flush(_encoder.DangerousGetHandle(), room, room.Length)));
    }

    public void Dispose() => _encoder.Dispose();

    // Frees the encoder also if it is not disposed.
    private sealed class Encoder : SafeHandle
    {
        public Encoder(nint handle)
            : base(0, ownsHandle: true) => SetHandle(handle);

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle() => LameLibrary.Close(handle) == 0;
    }
}
