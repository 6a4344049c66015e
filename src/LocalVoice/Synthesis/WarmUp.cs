using Microsoft.Extensions.Logging;
using TtsGrains.LocalVoice.Contexts;
using TtsGrains.LocalVoice.Voices;
using TtsGrains.Protocol.Audio;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.LocalVoice.Synthesis;

/// <summary>Synthesises one text at start and drops the audio: the first use of a voice reads its files, and the first use of code compiles it.</summary>
internal sealed partial class WarmUp : ISynthesisJob
{
    private const string Text = "Ready to speak.";

    private readonly VoiceHost _host;

    private WarmUp(VoiceHost host) => _host = host;

    /// <summary>Queues it; what clients send meanwhile waits behind it.</summary>
    public static void Start(VoiceHost host) => SynthesisThread.Shared.Enqueue(new WarmUp(host), deadline: long.MinValue);

    public void Run()
    {
        var settings = new SpeechSettings
        {
            ModelId = "",
            VoiceId = "",
            Format = new AudioFormat(AudioEncoding.PcmMulaw, 8000),
            Container = AudioContainer.Raw,
            MaxBufferDelayMs = 0,
            AddTimestamps = true,
            AddPhonemeTimestamps = true,
            PassThrough = ReadOnlyMemory<byte>.Empty,
        };
        var voice = VoiceProfile.Create(settings.VoiceId, LanguageTable.Find(null)!);
        var speaker = new Speaker(settings, voice, _host.Engine, _host.Options, _host.Time, static frame =>
        {
            frame.Release();
            return true;
        });
        try
        {
            speaker.Speak(new SpeechItem.Clause(Text, new GenerationConfig(1, 1)));
            speaker.EndSegment();
        }
        catch (SpeechException e)
        {
            LogFailed(_host.Logger, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The first words could not be spoken.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
