using System.Text.Json;
using System.Text.RegularExpressions;
using TtsGrains.Infra.Tests.Files;
using TtsGrains.Infra.Tests.Settings;

namespace TtsGrains.Infra.Tests.Documents;

/// <summary>
/// Every block of the documents is of a kind that some test runs or checks: <c>sh</c> and <c>sh up</c> by DocumentCommandsTests, <c>js</c> by that and by
/// ChromiumEventSourceTests, <c>csharp</c> by the ReadmeTests of its package, <c>sh unrun</c>, <c>json</c> and <c>yaml</c> here.
/// </summary>
public sealed partial class SampleTests
{
    private static readonly string[] Kinds = ["sh", "sh up", "sh unrun", "js", "json", "yaml", "csharp"];

    [Fact]
    public void Blocks_Kinds_AreRunOrChecked()
        => Assert.All(Markdown.Blocks.Where(block => block.Language.Length > 0), block
            => Assert.True(Kinds.Contains(block.Language is "json" or "csharp" ? block.Language : $"{block.Language} {block.Tag}".Trim()), $"{block.Document}: no test knows ```{block.Language} {block.Tag}."));

    [Fact]
    public void Blocks_Shell_OnlyInDocumentsWhoseCommandsAreRun()
        => Assert.DoesNotContain(Markdown.Blocks, block => block.Language == "sh" && block.Tag != "unrun" && block.Document.Contains("/README.md", StringComparison.Ordinal));

    [Fact]
    public void Blocks_Json_IsJson() => Assert.All(Markdown.Blocks.Where(block => block.Language == "json"), block => JsonDocument.Parse(block.Text).Dispose());

    [Fact]
    public void Blocks_ChartValues_AreValuesOfTheChart()
    {
        var known = Yaml.ReadFile("infra/helm/ttsgrains/values.yaml");

        Assert.All(Markdown.Blocks.Where(block => block.Language == "yaml"), block => Assert.All(Yaml.Read(block.Text).Single().Leaves(), leaf =>
        {
            var (value, setting) = leaf.Path.Split("settings/", 2) is [var before, var name] ? ($"{before}settings", name) : (leaf.Path, null);
            Assert.True(known.Find(value) is not null, $"{block.Document}: the chart has no value {value}.");
            Assert.True(setting is null || KnownSettings.Have(setting), $"{block.Document}: there is no setting {setting}.");
        }));
    }

    [Fact]
    public void Documents_Settings_Exist()
        => Assert.All(Markdown.Documents, document => Assert.All(Setting().Matches(Repository.Read(document)).Select(match => match.Groups["name"].Value), name
            => Assert.True(KnownSettings.IsSectionOrSetting(name), $"{document}: there is no setting {name}.")));

    // In code marks with colons, or as a variable of the environment.
    [GeneratedRegex(@"(?:`(?=(?:Cluster|Listen|Archive|Contexts|Tenants|Upstreams|Listeners|Socket|AccessTokens|Voices|LocalVoice):)|(?=\b(?!Logging)[A-Z]\w+__))(?<name>\w+(?:(?::|__)(?:\w|<)(?:(?!__)[\w<>])*)+)")]
    private static partial Regex Setting();
}
