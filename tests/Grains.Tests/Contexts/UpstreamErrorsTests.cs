using TtsGrains.Grains.Contexts;
using TtsGrains.Protocol.Errors;
using Xunit;

namespace TtsGrains.Grains.Tests.Contexts;

public sealed class UpstreamErrorsTests
{
    [Theory]
    [InlineData(400, "model_not_found", 1)]
    [InlineData(403, null, 1)]
    [InlineData(404, "voice_not_found", 1)]
    [InlineData(422, null, 1)]
    [InlineData(408, null, 2)]
    [InlineData(500, null, 2)]
    [InlineData(503, "shutting_down", 2)]
    [InlineData(429, "concurrency_limited", 3)]
    [InlineData(429, null, 3)]
    [InlineData(400, "concurrency_limited", 3)]
    [InlineData(401, null, 4)]
    [InlineData(402, "quota_exceeded", 4)]
    public void Judge_ByStatusAndCode(int status, string? code, int verdict)
        => Assert.Equal((UpstreamVerdict)verdict, UpstreamErrors.Judge(new ProtocolError(status, code, "Title", "Message")));
}
