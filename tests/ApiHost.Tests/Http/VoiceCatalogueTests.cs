using Microsoft.Extensions.Options;
using TtsGrains.ApiHost.Voices;

namespace TtsGrains.ApiHost.Tests.Http;

public sealed class VoiceCatalogueTests
{
    [Fact]
    public void Load_AFileOfOnesOwn_ReplacesTheBuiltInVoices()
    {
        var catalogue = Load("""[{"id":"a","name":"Anna","is_owner":true,"surprise":1},{"id":"b","name":"Ben"}]""");

        Assert.Equal("Ben", catalogue.Find("b")!.Name);
        Assert.Null(catalogue.Find("6ccbfb76-1fc6-48f7-b71d-91ac6298247b"));
        Assert.False(catalogue.Find("a")!.IsOwner);
    }

    [Theory]
    [InlineData("""[{"id":"a","name":"Anna"},{"id":"a","name":"Ben"}]""", "twice")]
    [InlineData("""[{"id":"a"}]""", "line 1")]
    [InlineData("{}", "line 1")]
    public void Load_AFileThatIsNoCatalogue_SaysWhichSettingIsWrong(string json, string named)
    {
        var error = Assert.Throws<InvalidDataException>(() => Load(json));

        Assert.Contains("Voices:File", error.Message, StringComparison.Ordinal);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    private static VoiceCatalogue Load(string json)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, json);
            return new VoiceCatalogue(Options.Create(new VoiceOptions { File = path }));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
