using System.Text.Json;
using System.Text.RegularExpressions;
using TtsGrains.Infra.Tests.Files;
using TtsGrains.Infra.Tests.Settings;

namespace TtsGrains.Infra.Tests.Images;

/// <summary>The images: who runs in them, what they run, and that they are built from what is there.</summary>
public sealed partial class DockerfileTests
{
    public static TheoryData<string, string> Programs => new() { { "silo", "Silo" }, { "apihost", "ApiHost" }, { "localvoice", "LocalVoice" } };

    [Theory]
    [MemberData(nameof(Programs))]
    public void Image_RunsWithoutRights_AndIsProcessOne(string image, string project)
    {
        var stage = Dockerfile.Stages[image];

        Assert.Equal("$APP_UID", stage.Last("USER"));
        Assert.Equal("SIGTERM", stage.Last("STOPSIGNAL"));
        Assert.Equal(["dotnet", $"TtsGrains.{project}.dll"], JsonSerializer.Deserialize<string[]>(stage.Last("ENTRYPOINT")!)!);
        Assert.DoesNotContain(stage.Instructions.SkipWhile(instruction => instruction.Name != "USER"), instruction => instruction.Name is "RUN" or "COPY" or "ADD");
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Image_IsMadeOf_APublishedProjectOnMicrosoftOrleans(string image, string project)
    {
        Assert.StartsWith("mcr.microsoft.com/dotnet/aspnet:", Dockerfile.Stages[image].From, StringComparison.Ordinal);
        Assert.Contains(Dockerfile.Stages[image].Instructions, instruction => instruction is { Name: "COPY" } && instruction.Value == $"--from=build /out/{image} ./");
        Assert.True(File.Exists(Repository.PathOf($"src/{project}/{project}.csproj")));
        Assert.Contains(
            $"dotnet publish src/{project} -c Release -p:UseAppHost=false -o /out/{image}", Dockerfile.Stages["build"].Last("RUN"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Environment_OfAnImage_NamesSettingsThatExist(string image, string project)
    {
        var settings = Dockerfile.Stages[image].Environment.Keys.Where(KnownSettings.IsMeant).ToList();

        Assert.All(settings, setting => Assert.True(KnownSettings.Have(setting), $"{project} has no setting {setting}."));
        Assert.Contains("Data", settings);
    }

    [Theory]
    [InlineData("silo", "Listen__Http")]
    [InlineData("apihost", "Listen__Http")]
    public void HealthCheck_AsksThePort_ThatIsListenedOn(string image, string setting)
    {
        var stage = Dockerfile.Stages[image];
        var port = stage.Environment[setting];

        Assert.EndsWith($"CMD [\"healthy\", \"{port}\", \"/health/live\"]", stage.Last("HEALTHCHECK"), StringComparison.Ordinal);
        Assert.Contains(port, stage.Last("EXPOSE")!.Split(' '));
        Assert.Equal("0.0.0.0", stage.Environment["Listen__Address"]);
    }

    /// <summary>What <c>./tts</c> installs for a program must be in its image.</summary>
    [Fact]
    public void NativeLibraries_ThatTheScriptInstalls_AreInTheImages()
    {
        var needed = NeededLibrary().Matches(Repository.Read("tts")).Select(match => match.Groups["library"].Value).ToHashSet();
        var packages = new Dictionary<string, string> { ["libespeak-ng.so.1"] = "libespeak-ng1", ["libmp3lame.so.0"] = "libmp3lame0" };

        Assert.Equal(packages.Keys.Order(), needed.Order());
        Assert.All(packages.Values, package => Assert.Contains($" {package} ", Dockerfile.Stages["apihost"].Last("RUN"), StringComparison.Ordinal));
        Assert.Contains(" libespeak-ng1 ", Dockerfile.Stages["localvoice"].Last("RUN"), StringComparison.Ordinal);
    }

    [Fact]
    public void Context_HoldsAllThatIsCopied()
    {
        var allowed = Repository.Read(".dockerignore").Split('\n').Where(line => line.StartsWith('!')).Select(line => line[1..]).ToList();
        var copied = Dockerfile.Stages.Values.SelectMany(stage => stage.Instructions).Where(instruction => instruction.Name == "COPY" && !instruction.Value.Contains("--from", StringComparison.Ordinal))
            .SelectMany(instruction => instruction.Value.Split(' ').Where(word => !word.StartsWith("--", StringComparison.Ordinal)).SkipLast(1)).Distinct().ToList();

        Assert.All(copied, path => Assert.True(Path.Exists(Repository.PathOf(path)), $"{path} is not there."));
        Assert.All(copied, path => Assert.Contains(allowed, entry => path.TrimEnd('/') == entry || path.StartsWith($"{entry}/", StringComparison.Ordinal)));
    }

    [GeneratedRegex("need_library (?<library>lib[^ ]+)")]
    private static partial Regex NeededLibrary();
}
