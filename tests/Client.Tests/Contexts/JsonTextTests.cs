using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using TtsGrains.Client.Contexts;

namespace TtsGrains.Client.Tests.Contexts;

public sealed class JsonTextTests
{
    // Halves of surrogate pairs do not survive in the arguments of an attribute.
    private static readonly (string Text, string Expected)[] Cases =
    [
        ("a \"quoted\" line\n", "{\"text\":\"a \\\"quoted\\\" line\\n\"}"),
        ("whole \U0001F600 pair", "{\"text\":\"whole PAIR pair\"}"),
        ("first half \ud83d", "{\"text\":\"first half \\ud83d\"}"),
        ("\ude00 second half", "{\"text\":\"\\ude00 second half\"}"),
        ("\ude00\ud83d", "{\"text\":\"\\ude00\\ud83d\"}"),
        ("\U0001F600\ud83d \"ü\\", "{\"text\":\"PAIR\\ud83d \\\"ü\\\\\"}"),
    ];

    [Fact]
    public void Write_TextWithHalvesOfPairs_EscapesThem()
    {
        // System.Text.Json may write a whole pair as it is, or as two escapes.
        var pair = JsonEncodedText.Encode("\U0001F600", JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value;
        Assert.All(Cases, @case => Assert.Equal(@case.Expected.Replace("PAIR", pair, StringComparison.Ordinal), Write(@case.Text)));
    }

    private static string Write(string text)
    {
        using var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            JsonText.Write(json, "text"u8, text);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(output.ToArray());
    }
}
