using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TtsGrains.Infra.Tests.Files;

namespace TtsGrains.Infra.Tests.Images;

/// <summary>The health check of the images, against a real port.</summary>
public sealed class HealthyTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nlive\n", 0)]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", 1)]
    [InlineData("", 1)]
    public async Task Healthy_HostThatAnswers_IsByItsStatus(string answer, int expected)
    {
        Tool.Need("bash");
        using var host = new TcpListener(IPAddress.Loopback, 0);
        host.Start();

        var running = RunAsync(((IPEndPoint)host.LocalEndpoint).Port);
        var request = await AnswerOnceAsync(host, answer);

        Assert.Equal(expected, (await running).Code);
        Assert.StartsWith("GET /health/ready HTTP/1.1\r\n", request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Healthy_NobodyListens_IsNot()
    {
        Tool.Need("bash");
        using var host = new TcpListener(IPAddress.Loopback, 0);
        host.Start();
        var port = ((IPEndPoint)host.LocalEndpoint).Port;
        host.Stop();

        Assert.Equal(1, (await RunAsync(port)).Code);
    }

    private static Task<(int Code, string Said)> RunAsync(int port)
        => Tool.RunAsync("bash", Repository.PathOf("infra/docker/healthy"), port.ToString(CultureInfo.InvariantCulture), "/health/ready");

    private static async Task<string> AnswerOnceAsync(TcpListener host, string answer)
    {
        var token = TestContext.Current.CancellationToken;
        using var client = await host.AcceptTcpClientAsync(token);
        await using var stream = client.GetStream();
        var request = new StringBuilder();
        var buffer = new byte[1024];
        while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            request.Append(Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer, token)));
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), token);
        return request.ToString();
    }
}
