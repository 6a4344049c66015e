using System.Text.RegularExpressions;
using System.Xml.Linq;
using TtsGrains.Infra.Tests.Files;
using TtsGrains.Infra.Tests.Settings;
using YamlDotNet.RepresentationModel;

namespace TtsGrains.Infra.Tests.Chart;

/// <summary>Values, schema and templates of the chart speak of the same things, and of settings that the service has.</summary>
public sealed partial class ChartValuesTests
{
    private const string Folder = "infra/helm/ttsgrains";

    private static readonly string[] PlacesOfSettings = ["settings", "silo/settings", "apiHost/settings"];
    private static readonly YamlMappingNode Values = Yaml.ReadFile($"{Folder}/values.yaml");
    private static readonly YamlMappingNode Schema = Yaml.ReadFile($"{Folder}/values.schema.json");
    private static readonly string Templates = string.Concat(Repository.List($"{Folder}/templates", "*").Select(Repository.Read));

    public static TheoryData<string> Examples => [.. Repository.List($"{Folder}/ci", "*.yaml")];

    /// <summary>Both ways: no value without a rule, no rule without a default.</summary>
    [Fact]
    public void Schema_KnowsEachValue_AndNoOther()
    {
        var ruled = Rules(Schema).Where(path => path != "global").Order().ToList();
        var given = Values.Leaves().Select(leaf => leaf.Path).ToList();

        Assert.All(ruled, rule => Assert.Contains(given, path => path == rule || path.StartsWith($"{rule}/", StringComparison.Ordinal)));
        Assert.All(given, path => Assert.Contains(ruled, rule => path == rule || path.StartsWith($"{rule}/", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Example_SetsValuesThatExist(string file)
    {
        var rules = Rules(Schema).ToList();

        Assert.All(
            Yaml.ReadFile(file).Leaves(),
            leaf => Assert.True(rules.Exists(rule => leaf.Path == rule || leaf.Path.StartsWith($"{rule}/", StringComparison.Ordinal)), $"There is no value {leaf.Path}."));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Example_SetsSettingsThatExist(string file)
    {
        var example = Yaml.ReadFile(file);
        var settings = PlacesOfSettings.SelectMany(path => example.Find(path)?.Entries().Keys ?? []).ToList();

        Assert.All(settings, setting => Assert.True(KnownSettings.Have(setting), $"There is no setting {setting}."));
    }

    [Fact]
    public void Example_LocalVoiceAsUpstream_SendsPronunciationsInline()
    {
        var settings = Yaml.ReadFile($"{Folder}/ci/local-voice-values.yaml").Find("silo/settings")!.Entries();

        Assert.Equal("Inline", Assert.IsType<YamlScalarNode>(settings["Upstreams:main:Pronunciations"]).Value);
        Assert.EndsWith("/tts/websocket", Assert.IsType<YamlScalarNode>(settings["Upstreams:main:Url"]).Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Templates_UseValuesThatExist()
    {
        var used = UsedValue().Matches(Templates).Select(match => match.Groups["path"].Value.Replace('.', '/')).Distinct().ToList();

        Assert.NotEmpty(used);
        Assert.All(used, path => Assert.True(Values.Find(path) is not null, $"There is no value {path}."));
    }

    /// <summary>A value that no template reads would have no effect.</summary>
    [Fact]
    public void Values_AreAllUsed()
    {
        // Read through a variable for the part or the section, so only its last name is in the templates.
        var names = Name().Matches(Templates).Select(match => match.Value).ToHashSet();

        Assert.All(Values.Leaves(), leaf => Assert.True(
            leaf.Path.StartsWith("ingress/annotations/", StringComparison.Ordinal) || leaf.Path.Contains("/resources/", StringComparison.Ordinal) || names.Contains(leaf.Path.Split('/')[^1]),
            $"No template reads {leaf.Path}."));
    }

    [Fact]
    public void Environment_OfTheTemplates_NamesSettingsThatExist()
    {
        var settings = EnvironmentName().Matches(Templates).Select(match => match.Groups["name"].Value).Distinct().ToList();

        Assert.Contains("Cluster__AdvertisedAddress", settings);
        Assert.All(settings, setting => Assert.True(KnownSettings.Have(setting), $"There is no setting {setting}."));
    }

    /// <summary>What the chart sets itself may not be set beside it: ports, places, and the times that grace periods follow from.</summary>
    [Fact]
    public void Schema_RefusesSettings_ThatTheChartSets()
    {
        var refused = Schema.Texts("definitions/settings/propertyNames/not/enum");
        var set = EnvironmentName().Matches(Templates).Select(match => match.Groups["name"].Value.Replace("__", ":", StringComparison.Ordinal));

        Assert.All(refused, setting => Assert.True(KnownSettings.Have(setting), $"There is no setting {setting}."));
        Assert.Subset(refused.ToHashSet(), set.ToHashSet());
    }

    [Fact]
    public void Version_IsThatOfTheService()
    {
        var version = XDocument.Parse(Repository.Read("Directory.Build.props")).Descendants("Version").Single().Value;
        var chart = Yaml.ReadFile($"{Folder}/Chart.yaml");

        Assert.Equal((version, version), (chart.Text("version"), chart.Text("appVersion")));
    }

    // The paths of values that the schema knows; below an object that takes anything it knows no more.
    private static IEnumerable<string> Rules(YamlNode schema, string under = "")
        => schema.Find("properties") is not { } properties ? [under]
            : properties.Entries().SelectMany(property => Rules(property.Value, under.Length == 0 ? property.Key : $"{under}/{property.Key}"));

    [GeneratedRegex(@"\.Values\.(?<path>[A-Za-z.]+[A-Za-z])")]
    private static partial Regex UsedValue();

    [GeneratedRegex("[A-Za-z]+")]
    private static partial Regex Name();

    [GeneratedRegex("- name: (?<name>[A-Z][A-Za-z]+__[A-Za-z_]+)")]
    private static partial Regex EnvironmentName();
}
