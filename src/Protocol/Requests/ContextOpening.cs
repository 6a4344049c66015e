using TtsGrains.Protocol.Audio;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.Protocol.Requests;

/// <summary>Decides whether a message may open a context, and with what settings.</summary>
public static class ContextOpening
{
    /// <summary>For the WebSocket and SSE, which carry raw audio only.</summary>
    /// <param name="message">A message that was read without error.</param>
    /// <param name="version">The API version of the connection: it decides what is meant by an absent buffer delay.</param>
    /// <param name="settings">The settings, when there is no error.</param>
    /// <returns>Null, or what the message lacks.</returns>
    public static ProtocolError? Check(ClientMessage message, ApiVersion version, out SpeechSettings? settings)
    {
        settings = null;
        if (message.HasOutputFormat && message.Container is not (AudioContainer.Raw or AudioContainer.None))
        {
            return ErrorCatalogue.Container(message.Container == AudioContainer.Wav ? "wav" : "mp3", "raw here");
        }

        return CheckAnyContainer(message, version, out settings);
    }

    /// <summary>For <c>POST /tts/bytes</c>, which may wrap the audio.</summary>
    /// <inheritdoc cref="Check"/>
    public static ProtocolError? CheckAnyContainer(ClientMessage message, ApiVersion version, out SpeechSettings? settings)
    {
        settings = null;
        if (message.HasUnusableVoice)
        {
            return ErrorCatalogue.VoiceForm;
        }

        if (FirstMissing(message) is { } field)
        {
            return ErrorCatalogue.Missing(field);
        }

        if (message is { Language: not null, Locale: not null })
        {
            return ErrorCatalogue.Exclusive("language", "locale");
        }

        // One client in the field leaves the encoding out and reads what comes as 16-bit samples.
        var encoding = message.Encoding == AudioEncoding.None ? AudioEncoding.PcmS16Le : message.Encoding;
        settings = new SpeechSettings
        {
            ModelId = message.ModelId!,
            VoiceId = message.VoiceId!,
            Container = message.Container == AudioContainer.None ? AudioContainer.Raw : message.Container,
            Format = new AudioFormat(encoding, message.SampleRate),
            BitRate = message.BitRate,
            Language = message.Language,
            Locale = message.Locale,
            MaxBufferDelayMs = message.MaxBufferDelayMs ?? version.DefaultBufferDelayMs,
            AddTimestamps = message.AddTimestamps,
            AddPhonemeTimestamps = message.AddPhonemeTimestamps,
            UseNormalizedTimestamps = message.UseNormalizedTimestamps,
            PassThrough = message.PassThrough,
            PronunciationDictId = message.PronunciationDictId,
            Pronunciations = message.Pronunciations,
        };
        return null;
    }

    private static string? FirstMissing(ClientMessage message)
        => message.Transcript is null ? "transcript"
            : string.IsNullOrEmpty(message.ModelId) ? "model_id"
            : message.VoiceId is null ? "voice"
            : !message.HasOutputFormat ? "output_format"
            : message.SampleRate == 0 ? "output_format.sample_rate"
            : null;
}
