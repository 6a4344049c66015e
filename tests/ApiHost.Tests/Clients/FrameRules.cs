using System.Text.Json;

namespace TtsGrains.ApiHost.Tests.Clients;

/// <summary>
/// What every server message must look like: the strictest reading of all clients together. A client that validates would drop what breaks
/// these, another would wait without end.
/// </summary>
internal static class FrameRules
{
    // The default limit of the Python library that official clients use.
    public const int LongestFrame = 1 << 20;

    /// <summary>Throws when a frame is not as it must be.</summary>
    public static void Check(JsonElement frame)
    {
        Assert.Equal(JsonValueKind.Object, frame.ValueKind);
        var names = frame.EnumerateObject().Select(member => member.Name).ToList();
        Assert.Equal(names.Distinct(), names);

        var type = Text(frame, "type");
        Integer(frame, "status_code");
        Assert.Equal(type is "done" or "error", Flag(frame, "done"));
        if (type == "error")
        {
            CheckError(frame);
            return;
        }

        Assert.NotEmpty(Text(frame, "context_id"));
        Assert.Equal(206, Integer(frame, "status_code"));
        Assert.False(frame.TryGetProperty("error", out _));
        switch (type)
        {
            case "chunk":
                Assert.NotEmpty(frame.GetProperty("data").GetBytesFromBase64());
                Assert.Equal(JsonValueKind.Number, frame.GetProperty("step_time").ValueKind);
                Assert.InRange(Integer(frame, "flush_id"), 1, int.MaxValue);
                break;
            case "timestamps":
                CheckTimes(frame.GetProperty("word_timestamps"), "words");
                break;
            case "phoneme_timestamps":
                CheckTimes(frame.GetProperty("phoneme_timestamps"), "phonemes");
                break;
            case "flush_done":
                Assert.Equal("", Text(frame, "data"));
                Assert.True(Flag(frame, "flush_done"));
                Assert.InRange(Integer(frame, "flush_id"), 1, int.MaxValue);
                break;
            case "done":
                break;
            default:
                Assert.Fail($"No client knows the type {type}.");
                break;
        }
    }

    private static void CheckError(JsonElement frame)
    {
        if (frame.TryGetProperty("context_id", out var contextId))
        {
            Assert.NotEmpty(contextId.GetString()!);
        }

        Assert.InRange(Integer(frame, "status_code"), 400, 599);
        Assert.True(frame.GetProperty("error_code").ValueKind is JsonValueKind.String or JsonValueKind.Null);
        Assert.NotEmpty(Text(frame, "request_id"));
        Assert.Equal($"{Text(frame, "title")}: {Text(frame, "message")}", Text(frame, "error"));
        Assert.NotEmpty(Text(frame, "title"));
        Assert.NotEmpty(Text(frame, "message"));
    }

    private static void CheckTimes(JsonElement times, string what)
    {
        var items = times.GetProperty(what).EnumerateArray().Select(item => item.GetString()!).ToList();
        var starts = times.GetProperty("start").EnumerateArray().Select(item => item.GetDouble()).ToList();
        var ends = times.GetProperty("end").EnumerateArray().Select(item => item.GetDouble()).ToList();
        Assert.NotEmpty(items);
        Assert.Equal((items.Count, items.Count), (starts.Count, ends.Count));
        Assert.Equal(starts.Order(), starts);
        Assert.All(starts.Zip(ends), time => Assert.True(time.First <= time.Second));
    }

    private static string Text(JsonElement frame, string name) => frame.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null.");

    private static int Integer(JsonElement frame, string name) => frame.GetProperty(name).GetInt32();

    private static bool Flag(JsonElement frame, string name) => frame.GetProperty(name).GetBoolean();
}
