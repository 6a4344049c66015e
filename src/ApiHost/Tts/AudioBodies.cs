using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.Tts.Mp3;
using TtsGrains.Protocol.Audio;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.ApiHost.Tts;

/// <summary>The containers of <c>POST /tts/bytes</c>.</summary>
internal static class AudioBodies
{
    private const int DefaultBitRate = 128_000;

    /// <summary>Bits per second that a client may ask for with mp3, as Cartesia lists them.</summary>
    public static IReadOnlyList<int> BitRates { get; } = [32_000, 64_000, 96_000, 128_000, 192_000];

    /// <summary>Whether the container can be made.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public static ProtocolError? Check(SpeechSettings settings) => Check(settings, LameLibrary.IsInstalled);

    internal static ProtocolError? Check(SpeechSettings settings, bool hasLame)
        => settings.Container != AudioContainer.Mp3 ? null
            : settings.BitRate is { } rate && !BitRates.Contains(rate) ? ApiErrors.BitRate(rate, BitRates)
            : hasLame ? null
            : ApiErrors.Mp3Missing;

    /// <summary>Creates the body for settings that were checked.</summary>
    public static IAudioBody Create(SpeechSettings settings) => settings.Container == AudioContainer.Mp3
        ? new Mp3Body(settings.Format.SampleRate, settings.BitRate ?? DefaultBitRate)
        : new SampleBody(settings.Format, isWav: settings.Container == AudioContainer.Wav);
}
