using TtsGrains.Protocol.Errors;

namespace TtsGrains.Protocol.Tests.Errors;

public sealed class ErrorClassifierTests
{
    [Theory]
    [InlineData(400, "model_not_found", ErrorClass.Configuration)]
    [InlineData(404, "model_sunsetted", ErrorClass.Configuration)]
    [InlineData(410, null, ErrorClass.Configuration)]
    [InlineData(404, "voice_not_found", ErrorClass.Configuration)]
    [InlineData(400, "voice_model_mismatch", ErrorClass.Configuration)]
    [InlineData(400, "language_not_supported", ErrorClass.Configuration)]
    [InlineData(415, "unsupported_audio_format", ErrorClass.Configuration)]
    [InlineData(403, "plan_upgrade_required", ErrorClass.Configuration)]
    [InlineData(403, null, ErrorClass.Configuration)]
    [InlineData(422, "anything", ErrorClass.Configuration)]
    [InlineData(401, null, ErrorClass.Account)]
    [InlineData(402, null, ErrorClass.Quota)]
    [InlineData(402, "quota_exceeded", ErrorClass.Quota)]
    [InlineData(429, null, ErrorClass.Capacity)]
    [InlineData(429, "concurrency_limited", ErrorClass.Capacity)]
    [InlineData(408, null, ErrorClass.Transient)]
    [InlineData(500, null, ErrorClass.Transient)]
    [InlineData(503, "shutting_down", ErrorClass.Transient)]
    [InlineData(599, "anything", ErrorClass.Transient)]
    public void Classify_ByStatusAndCode(int status, string? code, ErrorClass expected)
        => Assert.Equal(expected, ErrorClassifier.Classify(new ProtocolError(status, code, "Title", "Message")));

    [Theory]
    [InlineData("model_sunsetted", ErrorClass.Configuration)]
    [InlineData("voice_not_found", ErrorClass.Configuration)]
    [InlineData("plan_upgrade_required", ErrorClass.Configuration)]
    [InlineData("quota_exceeded", ErrorClass.Quota)]
    [InlineData("concurrency_limited", ErrorClass.Capacity)]
    public void Classify_CodeThatContradictsTheStatus_TakesPrecedence(string code, ErrorClass expected)
        => Assert.All(
            (int[])[400, 402, 403, 429, 500, 503],
            status => Assert.Equal(expected, ErrorClassifier.Classify(new ProtocolError(status, code, "Title", "Message"))));
}
