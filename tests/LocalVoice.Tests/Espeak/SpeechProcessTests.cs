using System.Diagnostics;
using System.Text.Json.Nodes;
using TtsGrains.LocalVoice.Espeak;
using TtsGrains.LocalVoice.Tests.Server;
using Xunit;
using static TtsGrains.LocalVoice.Tests.Server.VoiceClient;

namespace TtsGrains.LocalVoice.Tests.Espeak;

/// <summary>Texts from the bug tracker of eSpeak NG. Some end the process that speaks them, depending on the version of the library.</summary>
public sealed class SpeechProcessTests : ServerTests
{
    /// <summary>Ends version 1.51 in every language.</summary>
    private const string DeadlyText = "---लच्छेद";

    private static readonly string[] ReportedTexts =
    [
        DeadlyText,
        "os comparativos χειρον e βελτοϖ e χειριστον",
        "ϖ ϐ ϑ ϰ ϱ ϲ ϕ ͺ",
        "a Hamrah-E-Aval a",
        ",,,, 🚺🚺😍😎😎😎",
        "beep.. try.. hi..",
        ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,, a",
        "a-b-c-d-e-f-g--h---i----j-----k",
        "-'-'-'-'-'a'-'-'-'-'",
        new string('x', 2000),
        string.Concat(Enumerable.Repeat("शब्द", 400)),
        "1234567890123456789012345678901234567890,5 %‰ ½⅓ ²³ №",
        "<speak><mark name=\"26:34\"/>[[h@l'oU]] &amp; &#0; \uFFFD \u200D\u200D\u200D",
        "e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301 Z̸̡̢̛a̶l̵g̷o̸",
    ];

    public static TheoryData<string> Languages => [.. Voices.SpokenLanguageTests.Sentences.Select(sentence => sentence.Code)];

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Texts_ReportedToTheLibrary_EndWithDoneOrAnErrorInEachLanguage(string language)
    {
        var client = await ConnectToEspeakAsync();
        for (var i = 0; i < ReportedTexts.Length; i++)
        {
            await client.SendAsync(InLanguage($"c{i}", ReportedTexts[i], language), Token);
            var last = (await client.ReceiveContextAsync($"c{i}", Token))[^1];
            Assert.True(last.Type == "done" || last.ErrorCode is "speech_failed" or "empty_transcript", last.Json.ToString());
        }

        Assert.NotEmpty(await client.SpeakAsync(Request("after", "Still here."), Token));
    }

    [Fact]
    public async Task OtherContexts_WhenATextEndsTheProcess_AreSpokenToTheEnd()
    {
        var client = await ConnectToEspeakAsync();
        var sentence = string.Concat(Enumerable.Repeat("This is a sentence of another context. ", 5));
        for (var i = 0; i < 4; i++)
        {
            await client.SendAsync(Request($"other{i}", sentence), Token);
            await client.SendAsync(InLanguage($"deadly{i}", $"{DeadlyText} {i}", "hi"), Token);
        }

        var open = new HashSet<string>(Enumerable.Range(0, 4).SelectMany(i => new[] { $"other{i}", $"deadly{i}" }));
        var frames = await client.ReceiveUntilAsync(
            frame =>
            {
                if (frame.Type is "done" or "error")
                {
                    open.Remove(frame.Context!);
                }

                return open.Count == 0;
            },
            Token);

        for (var i = 0; i < 4; i++)
        {
            var other = frames.Where(frame => frame.Context == $"other{i}").ToList();
            Assert.Equal("done", other[^1].Type);
            Assert.True(AudioOf(other).Length > 16000 * 8);
        }
    }

    [Fact]
    public async Task Text_ThatEndedTheProcess_IsRefusedWithoutAnotherAttempt()
    {
        var client = await ConnectToEspeakAsync();
        await client.SendAsync(InLanguage("c1", DeadlyText, "de"), Token);
        if ((await client.ReceiveContextAsync("c1", Token))[^1].Type == "done")
        {
            // A later version of the library speaks it.
            return;
        }

        await client.SpeakAsync(Request("c2", "Restarted."), Token);
        var process = EspeakProcess.Load().ProcessId;
        await client.SendAsync(InLanguage("c3", DeadlyText, "de"), Token);
        var last = (await client.ReceiveContextAsync("c3", Token))[^1];
        Assert.Equal("speech_failed", last.ErrorCode);
        Assert.Equal(process, EspeakProcess.Load().ProcessId);
    }

    [Fact]
    public async Task Process_ThatSomebodyEnded_IsReplacedWithoutAnError()
    {
        var client = await ConnectToEspeakAsync();
        await client.SpeakAsync(Request("c1", "Before."), Token);
        using (var process = Process.GetProcessById(EspeakProcess.Load().ProcessId!.Value))
        {
            process.Kill();
            await process.WaitForExitAsync(Token);
        }

        Assert.NotEmpty(await client.SpeakAsync(Request("c2", "After."), Token));
    }

    [Fact]
    public async Task Cancel_InTheMiddleOfALongText_LeavesTheProcessForOthers()
    {
        var client = await ConnectToEspeakAsync();
        for (var i = 0; i < 5; i++)
        {
            await client.SendAsync(Request($"c{i}", new string('a', 150) + " and so on and so on"), Token);
            await client.ReceiveUntilAsync(frame => frame.Context == $"c{i}", Token);
            await client.SendTextAsync($$"""{"cancel":true,"context_id":"c{{i}}"}""", Token);
        }

        var audio = await client.SpeakAsync(Request("last", "A short one."), Token);
        Assert.InRange(audio.Length / 16000.0, 0.4, 3);
    }

    private static JsonObject InLanguage(string context, string text, string language) =>
        Request(context, text, change: request => request["language"] = language);
}
