using System.Net.Sockets;
using System.Text;

namespace TtsGrains.ApiHost.Tests.Clients;

/// <summary>Sends a request line as it is: every other client resolves dot segments and escapes characters before it sends.</summary>
internal static class RawHttp
{
    /// <returns>The whole response.</returns>
    public static async Task<string> SendAsync(Uri service, string method, string target, string headers = "X-API-Key: acme-key\r\n")
    {
        using var client = new TcpClient();
        await client.ConnectAsync(service.Host, service.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.UTF8.GetBytes($"{method} {target} HTTP/1.1\r\nHost: {service.Authority}\r\n{headers}Connection: close\r\n\r\n"), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
