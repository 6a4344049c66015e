using System.Text.RegularExpressions;
using TtsGrains.Grains.Hosting;
using TtsGrains.Infra.Tests.Files;
using TtsGrains.Infra.Tests.Images;
using TtsGrains.Infra.Tests.Settings;
using YamlDotNet.RepresentationModel;

namespace TtsGrains.Infra.Tests.Compose;

public sealed partial class ComposeTests
{
    private const string File = "infra/compose/compose.yaml";

    private static readonly YamlMappingNode All = Yaml.ReadFile(File);

    public static TheoryData<string> Services => [.. All.Find("services")!.Entries().Keys];

    /// <summary>Those that run our images.</summary>
    public static TheoryData<string> OurServices => ["silo", "apihost", "voice"];

    [Theory]
    [MemberData(nameof(Services))]
    public void Service_Any_IsHardenedAndWatched(string name)
    {
        var service = Service(name);

        Assert.Equal("true", service.Text("read_only"));
        Assert.Equal(["ALL"], service.Texts("cap_drop"));
        Assert.Empty(service.Texts("cap_add"));
        Assert.Equal(["no-new-privileges:true"], service.Texts("security_opt"));
        Assert.Null(service.Find("privileged"));
        Assert.NotNull(service.Text("user"));
        Assert.NotEmpty(service.Texts("healthcheck/test"));
        Assert.NotNull(service.Text("stop_grace_period"));
    }

    [Theory]
    [MemberData(nameof(OurServices))]
    public void Service_OfOurs_RunsAsTheUserOfItsImage(string name)
    {
        var service = Service(name);

        Assert.Equal("1654:1654", service.Text("user"));
        Assert.Contains(service.Texts("tmpfs"), mount => mount.StartsWith("/tmp:", StringComparison.Ordinal));
        Assert.Equal(Dockerfile.File, service.Text("build/dockerfile"));
        Assert.Contains(service.Text("build/target")!, Dockerfile.Stages.Keys);
    }

    [Theory]
    [MemberData(nameof(OurServices))]
    public void Environment_OfAService_NamesSettingsThatExist(string name)
        => Assert.All(Service(name).Find("environment")!.Entries().Keys, setting => Assert.True(KnownSettings.Have(setting), $"There is no setting {setting}."));

    /// <summary>A secret comes from .env; the file only says where it goes.</summary>
    [Theory]
    [MemberData(nameof(Services))]
    public void Environment_OfAService_HoldsNoSecret(string name)
    {
        var environment = Service(name).Find("environment")?.Entries() ?? new Dictionary<string, YamlNode>();
        var values = environment.Values.Select(value => ((YamlScalarNode)value).Value!);

        Assert.All(values.SelectMany(value => Secret().Matches(value)), secret => Assert.StartsWith("${", secret.Groups["value"].Value, StringComparison.Ordinal));
        Assert.All(
            environment.Where(setting => SecretName().IsMatch(setting.Key)),
            setting => Assert.Contains("${", ((YamlScalarNode)setting.Value).Value!, StringComparison.Ordinal));
    }

    /// <summary>Silos and API hosts must have the same, or one could not read what the other stores.</summary>
    [Theory]
    [InlineData("silo")]
    [InlineData("apihost")]
    public void Encryption_IsOffWithoutAMasterKey(string name)
    {
        var settings = Service(name).Find("environment")!.Entries().Where(setting => setting.Key.StartsWith("Archive__Encryption__", StringComparison.Ordinal));

        Assert.Equal(
            [("Archive__Encryption__Keys", "${ARCHIVE_KEYS:-files}"), ("Archive__Encryption__MasterKey", "${ARCHIVE_MASTER_KEY:-}"), ("Archive__Encryption__Mode", "${ARCHIVE_ENCRYPTION:-off}")],
            settings.Select(setting => (setting.Key, ((YamlScalarNode)setting.Value).Value!)).Order());
    }

    [Fact]
    public void Variables_AreAllInTheExample()
    {
        var used = Variable().Matches(Repository.Read(File)).Select(match => match.Groups["name"].Value).Distinct().Order();
        var offered = ExampleLine().Matches(Repository.Read("infra/compose/.env.example")).Select(match => match.Groups["name"].Value).Order();

        Assert.Equal(used, offered);
    }

    [Fact]
    public void Example_HasNoValues()
        => Assert.All(
            Repository.Read("infra/compose/.env.example").Split('\n').Where(line => line.Length > 0 && line[0] != '#'),
            line => Assert.EndsWith("=", line, StringComparison.Ordinal));

    [Theory]
    [InlineData("silo", "Archive__DrainTimeout")]
    [InlineData("apihost", "Socket__DrainTimeout")]
    public void GracePeriod_IsLonger_ThanTheStopTakes(string name, string setting)
    {
        var stop = KnownSettings.Time(Service(name).Text($"environment/{setting}")!) + StopTimes.Rest;

        Assert.True(Seconds(Service(name).Text("stop_grace_period")!) > stop, $"{name} is killed before it has stopped, which may take {stop}.");
    }

    [Fact]
    public void Volumes_ThatAreMounted_AreDeclared()
    {
        var mounted = All.Find("services")!.Entries().Values.SelectMany(service => service.Texts("volumes")).Select(mount => mount.Split(':')[0]);

        Assert.Equal(All.Find("volumes")!.Entries().Keys.Order(), mounted.Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(OurServices))]
    public void Data_OfAService_IsOnAVolume(string name)
        => Assert.True(name == "voice" || Service(name).Texts("volumes").Any(mount => mount.EndsWith(":/data", StringComparison.Ordinal)), $"{name} writes into /data, which is read-only.");

    [Fact]
    public async Task Compose_TakesTheFile()
    {
        Tool.Need("docker");
        Assert.SkipUnless((await Tool.RunAsync("docker", "compose", "version")).Code == 0, "docker compose is not installed.");
        var filledIn = Path.Combine(Path.GetTempPath(), $"tts-compose-{Guid.NewGuid():N}.env");
        await System.IO.File.WriteAllTextAsync(filledIn, ExampleLine().Replace(Repository.Read("infra/compose/.env.example"), "${name}=value"), TestContext.Current.CancellationToken);

        var (code, said) = await Tool.RunAsync("docker", "compose", "--env-file", filledIn, "-f", Repository.PathOf(File), "config", "--quiet");
        System.IO.File.Delete(filledIn);

        Assert.True(code == 0, said);
    }

    private static YamlNode Service(string name) => All.Find($"services/{name}")!;

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(int.Parse(text.TrimEnd('s'), System.Globalization.CultureInfo.InvariantCulture));

    [GeneratedRegex(@"(Password|AccountKey)=(?<value>[^;]*)", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();

    [GeneratedRegex(@"PASSWORD$|ApiKey$|MasterKey$|Keys__\d+$|^AZURITE_ACCOUNTS$")]
    private static partial Regex SecretName();

    [GeneratedRegex(@"\$\{(?<name>[A-Z_0-9]+)")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^#?(?<name>[A-Z_0-9]+)=.*$", RegexOptions.Multiline)]
    private static partial Regex ExampleLine();
}
