namespace TtsGrains.Protocol.Errors;

/// <summary>What kind of failure an error reports: it decides whether another attempt can help and whether the upstream's health is in doubt. Zero is never a valid value.</summary>
public enum ErrorClass : byte
{
    None = 0,

    /// <summary>The request asks for something that the upstream does not offer. Another attempt gets the same answer.</summary>
    Configuration = 1,

    /// <summary>The upstream does not accept our credential.</summary>
    Account = 2,

    /// <summary>The account has used up its credits.</summary>
    Quota = 3,

    /// <summary>The upstream has no capacity for another context at the moment.</summary>
    Capacity = 4,

    /// <summary>The upstream failed or timed out. Another attempt may succeed.</summary>
    Transient = 5,
}

/// <summary>Classifies the errors of upstreams. The code takes precedence over the status, because proxies change the status.</summary>
public static class ErrorClassifier
{
    /// <summary>Gets the class of an error.</summary>
    public static ErrorClass Classify(ProtocolError error) => error.Code switch
    {
        "concurrency_limited" => ErrorClass.Capacity,
        "quota_exceeded" => ErrorClass.Quota,
        "model_not_found" or "model_sunsetted" or "voice_not_found" or "voice_model_mismatch" or "language_not_supported" or "unsupported_audio_format"
            or "plan_upgrade_required" or "invalid_request" or "invalid_output_format" or "pronunciation_dict_not_found" => ErrorClass.Configuration,
        _ => ClassifyStatus(error.StatusCode),
    };

    /// <summary>The status of an error that has a code and no status of its own.</summary>
    public static int StatusOf(string code) => Classify(new ProtocolError(500, code, "", "")) switch
    {
        ErrorClass.Configuration => code is "voice_not_found" or "pronunciation_dict_not_found" ? 404 : code is "plan_upgrade_required" ? 403 : 400,
        ErrorClass.Quota => 402,
        ErrorClass.Capacity => 429,
        _ => 500,
    };

    private static ErrorClass ClassifyStatus(int status) => status switch
    {
        401 => ErrorClass.Account,
        402 => ErrorClass.Quota,
        429 => ErrorClass.Capacity,
        408 or >= 500 => ErrorClass.Transient,
        _ => ErrorClass.Configuration,
    };
}
