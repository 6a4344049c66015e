using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace TtsGrains.Grains.Tests.Settings;

public sealed class SettingsCatalogueTests
{
    private static readonly SettingsCatalogue Catalogue = new(
    [
        SettingsSection.Of<RootOptions>(""),
        SettingsSection.Of<SpeedOptions>("Speed", (path, speed) => speed.Color == Color.Red && speed.Count == 7 ? [$"{path} is both red and 7."] : []),
        SettingsSection.Each<SpeedOptions>("Named", "<name>"),
    ])
    { Foreign = ["Elsewhere"] };

    [Theory]
    [InlineData("Speed:Cuont", "1", "Speed:Cuont is no setting. Did you mean Speed:Count?")]
    [InlineData("Speed:Altogether", "1", "Speed:Altogether is no setting.")]
    [InlineData("Named:a:Ur1", "x", "Named:a:Ur1 is no setting. Did you mean Named:a:Url?")]
    [InlineData("Speed:Inner:Deap", "1", "Speed:Inner:Deap is no setting. Did you mean Speed:Inner:Deep?")]
    [InlineData("Speed:Count:Max", "1", "Speed:Count:Max is no setting. Did you mean Speed:Count?")]
    [InlineData("Sped:Count", "1", "Sped is no section of the settings. Did you mean Speed?")]
    [InlineData("Speed", "1", "Speed is a section and takes no value; its settings are Speed:Count and others.")]
    [InlineData("Named:a", "1", "Named:a is a section and takes no value; its settings are Named:a:Count and others.")]
    [InlineData("Speed:List", "x", "Speed:List is a list; its first value is the setting Speed:List:0.")]
    [InlineData("Speed:Count", "many", "Speed:Count is 'many'; it must be a whole number.")]
    [InlineData("Speed:Count", "", "Speed:Count is ''; it must be a whole number.")]
    [InlineData("Speed:Count", "11", "Speed:Count is 11; it must be 1 to 10.")]
    [InlineData("Speed:Flag", "ja", "Speed:Flag is 'ja'; it must be true or false.")]
    [InlineData("Speed:Color", "blu", "Speed:Color is 'blu'; it must be red or blue. Did you mean blue?")]
    [InlineData("Speed:Color", "None", "Speed:Color is 'None'; it must be red or blue.")]
    [InlineData("Speed:Color", "1", "Speed:Color is '1'; it must be red or blue.")]
    [InlineData("Speed:Wait", "5", $"Speed:Wait is '5'; it must be {Duration.Forms}.")]
    [InlineData("Speed:Wait", "0", $"Speed:Wait is '0'; it must be {Duration.Forms}.")]
    [InlineData("Speed:Wait", "2h", "Speed:Wait is 2h; it must be 100ms to 1h.")]
    [InlineData("Speed:Place", "http://:hush-hush", "Speed:Place is no address.")]
    [InlineData("Speed:Url", "hush-hush", "Speed:Url is invalid; it must be text of the form ws.*.")]
    public void Check_OneFault_IsOneSentence(string key, string value, string expected) => Assert.Equal([expected], Check((key, value)));

    [Theory]
    [InlineData("speed:count", "3")]
    [InlineData("Speed:Color", "RED")]
    [InlineData("Speed:List:0", "x")]
    [InlineData("Speed:Optional", "")]
    [InlineData("Named:a:Wait", "00:00:05")]
    [InlineData("Elsewhere:Count", "x")]
    [InlineData("Logging:LogLevel:Default", "Debug")]
    [InlineData("PATH", "x")]
    public void Check_KnownSetting_IsAccepted(string key, string value) => Assert.Empty(Check((key, value)));

    [Fact]
    public void Apply_SeveralFaults_OneMessageNamesThemAll()
    {
        var configuration = Configure(("Speed:Wait", "5"), ("Speed:Cuont", "1"), ("Named:a:Count", "0"));

        var refusal = Assert.Throws<SettingsException>(() => Catalogue.Apply(configuration));

        Assert.Equal(3, refusal.Message.Split(Environment.NewLine).Length);
    }

    [Fact]
    public void Apply_RuleOfASection_IsChecked()
        => Assert.Equal("Speed is both red and 7.", Assert.Throws<SettingsException>(() => Catalogue.Apply(Configure(("Speed:Color", "red"), ("Speed:Count", "7")))).Message);

    [Fact]
    public void Apply_DurationWithUnit_IsBoundByTheFramework()
    {
        var configuration = Configure(("Speed:Wait", "250ms"));

        Catalogue.Apply(configuration);

        Assert.Equal(TimeSpan.FromMilliseconds(250), configuration.GetSection("Speed").Get<SpeedOptions>()!.Wait);
    }

    private static IReadOnlyList<string> Check(params (string Key, string Value)[] settings) => Catalogue.Check(Configure(settings), out _);

    private static ConfigurationManager Configure(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        return configuration;
    }

    public enum Color
    {
        None = 0,
        Red = 1,
        Blue = 2,
    }

    public sealed class RootOptions
    {
        public string Folder { get; set; } = "";
    }

    public sealed class InnerOptions
    {
        public int Deep { get; set; }
    }

    public sealed class SpeedOptions
    {
        [Range(1, 10)]
        public int Count { get; set; } = 1;

        public int? Optional { get; set; }

        public bool Flag { get; set; }

        public Color Color { get; set; } = Color.Red;

        [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
        public TimeSpan Wait { get; set; } = TimeSpan.FromSeconds(1);

        public Uri? Place { get; set; }

        [RegularExpression("ws.*")]
        public string Url { get; set; } = "";

        public IList<string> List { get; init; } = [];

        public InnerOptions Inner { get; set; } = new();

        public bool IsDerived => Count > 1;
    }
}
