using Microsoft.Extensions.Logging;
using TtsGrains.LocalVoice.Espeak;
using TtsGrains.LocalVoice.Tones;

namespace TtsGrains.LocalVoice.Synthesis;

/// <summary>Chooses the engine at start.</summary>
internal static partial class SpeechEngines
{
    /// <summary>The engine that the options ask for; by default espeak where it is installed, else tones.</summary>
    public static ISpeechEngine Choose(LocalVoiceEngine engine, ILogger logger)
    {
        if (engine == LocalVoiceEngine.Tones)
        {
            return new ToneEngine();
        }

        try
        {
            var espeak = EspeakProcess.Load();
            espeak.Logger = logger;
            return espeak;
        }
        catch (InvalidOperationException e) when (engine == LocalVoiceEngine.Auto)
        {
            LogNoEspeak(logger, e.Message);
            return new ToneEngine();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "libespeak-ng cannot be used, so words are tones (on Debian: apt install libespeak-ng1). {Reason}")]
    private static partial void LogNoEspeak(ILogger logger, string reason);
}
