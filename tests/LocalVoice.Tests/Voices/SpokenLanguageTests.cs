using System.Runtime.InteropServices;
using TtsGrains.LocalVoice.Espeak;
using TtsGrains.LocalVoice.Tests.Server;
using TtsGrains.LocalVoice.Voices;
using Xunit;
using static TtsGrains.LocalVoice.Tests.Server.VoiceClient;

namespace TtsGrains.LocalVoice.Tests.Voices;

/// <summary>With libespeak-ng, which must be installed.</summary>
public sealed class SpokenLanguageTests : ServerTests
{
    internal static readonly (string Code, string Text)[] Sentences =
    [
        ("en", "Good morning, how are you?"), ("fr", "Bonjour, comment allez-vous ?"), ("de", "Guten Morgen, wie geht es Ihnen?"),
        ("es", "Buenos días, ¿cómo está usted?"), ("pt", "Bom dia, como vai você?"), ("zh", "早上好，你好吗？"), ("ja", "おはようございます、お元気ですか。"),
        ("hi", "सुप्रभात, आप कैसे हैं?"), ("it", "Buongiorno, come sta?"), ("ko", "안녕하세요, 어떻게 지내세요?"), ("nl", "Goedemorgen, hoe gaat het?"),
        ("pl", "Dzień dobry, jak się masz?"), ("ru", "Доброе утро, как дела?"), ("sv", "God morgon, hur mår du?"), ("tr", "Günaydın, nasılsınız?"),
        ("tl", "Magandang umaga, kumusta ka?"), ("bg", "Добро утро, как сте?"), ("ro", "Bună dimineața, ce mai faceți?"), ("ar", "صباح الخير، كيف حالك؟"),
        ("cs", "Dobré ráno, jak se máte?"), ("el", "Καλημέρα, τι κάνετε;"), ("fi", "Hyvää huomenta, mitä kuuluu?"), ("hr", "Dobro jutro, kako ste?"),
        ("ms", "Selamat pagi, apa khabar?"), ("sk", "Dobré ráno, ako sa máte?"), ("da", "Godmorgen, hvordan har du det?"), ("ta", "காலை வணக்கம், எப்படி இருக்கிறீர்கள்?"),
        ("uk", "Доброго ранку, як справи?"), ("hu", "Jó reggelt, hogy van?"), ("no", "God morgen, hvordan har du det?"), ("vi", "Chào buổi sáng, bạn khỏe không?"),
        ("bn", "সুপ্রভাত, কেমন আছেন?"), ("th", "สวัสดี คุณสบายดีไหม"), ("he", "בוקר טוב, מה שלומך?"), ("ka", "დილა მშვიდობისა, როგორ ხართ?"),
        ("id", "Selamat pagi, apa kabar?"), ("te", "శుభోదయం, మీరు ఎలా ఉన్నారు?"), ("gu", "સુપ્રભાત, તમે કેમ છો?"), ("kn", "ಶುಭೋದಯ, ಹೇಗಿದ್ದೀರಿ?"),
        ("ml", "സുപ്രഭാതം, സുഖമാണോ?"), ("mr", "सुप्रभात, तुम्ही कसे आहात?"), ("pa", "ਸ਼ੁਭ ਸਵੇਰ, ਤੁਸੀਂ ਕਿਵੇਂ ਹੋ?"), ("or", "ସୁପ୍ରଭାତ, ଆପଣ କେମିତି ଅଛନ୍ତି?"),
        ("ur", "صبح بخیر، آپ کیسے ہیں؟"),
    ];

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var (code, text) in Sentences)
            {
                cases.Add(code, text);
            }

            return cases;
        }
    }

    [Fact]
    public void Languages_OnOffer_AreAllInstalledAndTested()
    {
        var offered = new OfferedLanguages(EspeakProcess.Load());
        Assert.Empty(offered.Missing);
        Assert.Equal(Sentences.Select(sentence => sentence.Code).Order(StringComparer.Ordinal), offered.Codes);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Sentence_InEachLanguage_IsSpokenWithItsWords(string language, string text) => AssertSpokenAsync("language", language, text);

    [Theory]
    [InlineData("fr-CH")]
    [InlineData("fr-FR")]
    [InlineData("fr_CA")]
    [InlineData("FR")]
    [InlineData("fra")]
    [InlineData("en_US")]
    [InlineData("en-us")]
    [InlineData("en-GB")]
    [InlineData("en_US.UTF-8")]
    [InlineData("zh-CN")]
    [InlineData("zh-TW")]
    [InlineData("zh-HK")]
    [InlineData("zh-Hans")]
    [InlineData("zh_Hant_TW")]
    [InlineData("cmn-Hans-CN")]
    [InlineData("yue")]
    [InlineData("nb")]
    [InlineData("nb-NO")]
    [InlineData("nn")]
    [InlineData("iw")]
    [InlineData("he-IL")]
    [InlineData("in")]
    [InlineData("fil")]
    [InlineData("fil-PH")]
    [InlineData("pt-BR")]
    [InlineData("pt_PT")]
    [InlineData("es-419")]
    [InlineData("es-Latn-MX")]
    [InlineData("de-AT")]
    [InlineData("ar-EG")]
    [InlineData("ar-001")]
    [InlineData("sr-Latn", false)]
    [InlineData("tlh", false)]
    public async Task Language_InEachSpelling_IsSpoken(string spelling, bool isOffered = true)
    {
        const string Text = "Hello 1, 2 and 3.";
        if (isOffered)
        {
            await AssertSpokenAsync("language", spelling, Text);
            await AssertSpokenAsync("locale", spelling, Text);
            return;
        }

        var client = await ConnectToEspeakAsync();
        await client.SendAsync(Request("c", Text, change: request => request["language"] = spelling), Token);
        var error = (await client.ReceiveContextAsync("c", Token))[^1];
        Assert.Contains("language must be one of ar, bg,", error.Message, StringComparison.Ordinal);
    }

    private async Task AssertSpokenAsync(string member, string language, string text)
    {
        var client = await ConnectToEspeakAsync();
        await client.SendAsync(
            Request("c", text, change: request => (request[member], request["add_timestamps"]) = (language, true)), Token);

        var frames = await client.ReceiveContextAsync("c", Token);

        Assert.True(frames[^1].Type == "done", frames[^1].Json.ToString());
        var audio = AudioOf(frames);
        Assert.InRange(audio.Length / 16000.0, 0.4, 12);
        Assert.Contains(MemoryMarshal.Cast<byte, short>(audio).ToArray(), sample => Math.Abs((int)sample) > 3000);
        var words = frames.Where(frame => frame.Type == "timestamps").SelectMany(frame => frame.Words).ToList();
        Assert.Equal(text.Replace(" ", "", StringComparison.Ordinal), string.Concat(words.Select(word => word.Text)));
        Assert.Contains(words, word => word.End - word.Start > 0.05);
        Assert.All(words.Zip(words.Skip(1)), pair => Assert.True(pair.First.Start <= pair.Second.Start));
        Assert.InRange(words[^1].End, 0.1, (audio.Length / 16000.0) + 0.01);
    }
}
