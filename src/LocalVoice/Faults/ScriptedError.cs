using TtsGrains.Protocol.Errors;

namespace TtsGrains.LocalVoice.Faults;

/// <summary>The error event of an <c>error</c> rule: status and title as Cartesia documents them for the rule's code.</summary>
internal static class ScriptedError
{
    private const string Message = "The fault script says so.";

    /// <summary>Creates the error.</summary>
    public static ProtocolError Create(FaultRule rule)
    {
        var (status, title) = Documented(rule.ErrorCode);
        return new ProtocolError(rule.Status ?? status, rule.ErrorCode, title, Message);
    }

    private static (int Status, string Title) Documented(string? code) => code switch
    {
        "model_sunsetted" => (400, "Model sunsetted"),
        "model_not_found" => (400, "Invalid model"),
        "language_not_supported" => (400, "Language not supported"),
        "unsupported_audio_format" => (400, "Unsupported audio format"),
        "voice_model_mismatch" => (400, "Voice and model do not match"),
        "quota_exceeded" => (402, "Quota exceeded"),
        "plan_upgrade_required" => (402, "Plan upgrade required"),
        "voice_not_found" => (404, "Invalid voice"),
        "concurrency_limited" => (429, "Too many concurrent requests"),
        _ => (500, "Scripted fault"),
    };
}
