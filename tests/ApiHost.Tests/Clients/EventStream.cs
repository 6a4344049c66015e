using System.Text;
using System.Text.Json;

namespace TtsGrains.ApiHost.Tests.Clients;

/// <summary>The body of an answer of server-sent events.</summary>
internal static class EventStream
{
    /// <summary>The data of each event, which must be named as its type. Ids, comments and the time to come back are passed over.</summary>
    public static IReadOnlyList<JsonElement> Read(ReadOnlySpan<byte> body)
    {
        var events = new List<JsonElement>();
        foreach (var text in Encoding.UTF8.GetString(body).Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            string[] lines = [.. text.Split('\n').Where(line => !line.StartsWith(':') && !line.StartsWith("id: ", StringComparison.Ordinal))];
            if (lines is [] || lines[0].StartsWith("retry: ", StringComparison.Ordinal))
            {
                continue;
            }

            Assert.Equal(2, lines.Length);
            var data = JsonDocument.Parse(lines[1]["data: ".Length..]).RootElement;
            Assert.Equal($"event: {data.GetProperty("type").GetString()}", lines[0]);
            events.Add(data);
        }

        return events;
    }

    /// <summary>The audio of all chunks.</summary>
    public static byte[] AudioOf(ReadOnlySpan<byte> body) => [.. Read(body)
        .Where(heard => heard.GetProperty("type").GetString() == "chunk").SelectMany(heard => heard.GetProperty("data").GetBytesFromBase64())];
}
