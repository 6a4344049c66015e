using System.Text.RegularExpressions;
using TtsGrains.Infra.Tests.Files;

namespace TtsGrains.Infra.Tests.Documents;

/// <summary>
/// The commands of the documents that no test runs, <c>sh unrun</c> and measurements: what they name exists. They need Docker, Kubernetes, Azure, machines of a cluster, a key of
/// Cartesia, or would run the tests within a test. Their settings are checked with those of all documents by <see cref="SampleTests"/>.
/// </summary>
public sealed partial class UnrunCommandsTests
{
    private static readonly string[] Programs = ["./tts", "dotnet", "node", "nice", "bash", "perf", "docker", "kubectl", "helm", "az", "cp"];
    private static readonly string Script = Repository.Read("tts");
    private static readonly string Commands = string.Join('\n', Markdown.Blocks.Where(block => block.IsUnrun).Select(block => block.Text));

    [Fact]
    public void Programs_AreTheOnesKnownHere()
        => Assert.All(Program().Matches(Commands.Replace("\\\n", " ", StringComparison.Ordinal)).Select(match => match.Groups["name"].Value), name
            => Assert.True(Programs.Contains(name) || File.Exists(Repository.PathOf(name)), $"No document has used {name} so far; say in this test what it needs."));

    [Fact]
    public void Files_Exist()
    {
        var files = RepositoryPath().Matches(Commands).Select(match => match.Value).Where(file => !file.EndsWith("/.env", StringComparison.Ordinal)).ToList();

        Assert.Contains("infra/docker/Dockerfile", files);
        Assert.All(files, file => Assert.True(Path.Exists(Repository.PathOf(file)), $"There is no {file}."));
    }

    [Fact]
    public void DockerTargets_AreStagesOfTheDockerfile()
    {
        var stages = Stage().Matches(Repository.Read("infra/docker/Dockerfile")).Select(match => match.Groups["name"].Value).ToList();

        Assert.All(Target().Matches(Commands).Select(match => match.Groups["name"].Value), target => Assert.Contains(target, stages));
    }

    [Fact]
    public void Script_CommandsAndOptions_Exist()
    {
        var options = string.Join('\n', Repository.List("src/Cli", "*.cs").Append("tests/run").Select(Repository.Read)) + Script;

        Assert.All(Tts().Matches(Commands), match =>
        {
            Assert.Matches($@"(?m)^  {match.Groups["command"].Value} ", Script);
            Assert.All(Option().Matches(match.Groups["rest"].Value).Select(option => option.Value), option => Assert.Contains(option, options, StringComparison.Ordinal));
        });
    }

    [Fact]
    public void OnlyFilters_NameTests()
        => Assert.All(Only().Matches(Commands), match =>
        {
            var (project, filter) = (match.Groups["project"].Value, match.Groups["filter"].Value);
            var pattern = project == "Conformance" ? $"*{filter}*.test.mjs" : $"*{filter}*.cs";
            Assert.True(Directory.Exists(Repository.PathOf($"tests/{project}")), $"There is no tests/{project}.");
            Assert.NotEmpty(Repository.List($"tests/{project}", filter.Length == 0 ? "*" : pattern));
        });

    // The first word of a command, behind variables.
    [GeneratedRegex(@"^(?:\w+=(?:'[^'\n]*'|\S*) +)*(?<name>[\w./]+)(?= |$)", RegexOptions.Multiline)]
    private static partial Regex Program();

    [GeneratedRegex(@"(?<![\w/~.])(?:infra|tests|src)/[\w./-]+")]
    private static partial Regex RepositoryPath();

    [GeneratedRegex(@"^FROM .* AS (?<name>\w+)", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex Stage();

    [GeneratedRegex(@"--target (?<name>\w+)")]
    private static partial Regex Target();

    [GeneratedRegex(@"\./tts (?<command>\w+)(?<rest>[^#\n]*)")]
    private static partial Regex Tts();

    [GeneratedRegex(@"(?<= )--[a-z-]+")]
    private static partial Regex Option();

    [GeneratedRegex(@"--only (?<project>[\w.]+)(?::(?<filter>\S+))?")]
    private static partial Regex Only();
}
