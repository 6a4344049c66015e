using System.Text.RegularExpressions;
using TtsGrains.Infra.Tests.Files;

namespace TtsGrains.Infra.Tests.Azure;

public sealed partial class BicepTests
{
    private const string Folder = "infra/azure";

    private static readonly string Main = Repository.Read($"{Folder}/main.bicep");

    public static TheoryData<string> Modules => [.. ModuleUse().Matches(Main).Select(match => match.Groups["file"].Value)];

    [Fact]
    public void Modules_AreAllUsed()
        => Assert.Equal(
            Repository.List($"{Folder}/modules", "*.bicep").Select(file => file[(Folder.Length + 1)..].Replace('\\', '/')),
            ModuleUse().Matches(Main).Select(match => match.Groups["file"].Value).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Modules))]
    public void Module_IsGivenItsParameters_AndNoOther(string file)
    {
        var use = ModuleUse().Matches(Main).Single(match => match.Groups["file"].Value == file);
        var given = Argument().Matches(use.Groups["body"].Value).Select(match => match.Groups["name"].Value);

        Assert.Equal(Parameter().Matches(Repository.Read($"{Folder}/{file}")).Select(match => match.Groups["name"].Value).Order(), given.Order());
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void Outputs_ThatAreUsed_Exist(string file)
    {
        var use = ModuleUse().Matches(Main).Single(match => match.Groups["file"].Value == file);
        var used = OutputUse().Matches(Main).Where(match => match.Groups["module"].Value == use.Groups["name"].Value).Select(match => match.Groups["output"].Value);

        Assert.Subset(Output().Matches(Repository.Read($"{Folder}/{file}")).Select(match => match.Groups["name"].Value).ToHashSet(), used.ToHashSet());
    }

    [Fact]
    public void Storage_HasNoKeyAndNoPublicAddress()
    {
        var storage = Repository.Read($"{Folder}/modules/storage.bicep");

        Assert.All(
            ["allowSharedKeyAccess: false", "allowBlobPublicAccess: false", "publicNetworkAccess: 'Disabled'", "minimumTlsVersion: 'TLS1_2'"],
            line => Assert.Contains(line, storage, StringComparison.Ordinal));
    }

    [Fact]
    public void Passwords_AreSecureParametersWithoutDefaults()
    {
        var parameters = Repository.List(Folder, "*.bicep").SelectMany(file => PasswordParameter().Matches(Repository.Read(file))).ToList();

        Assert.NotEmpty(parameters);
        Assert.All(parameters, parameter =>
        {
            Assert.Contains("@secure()", parameter.Groups["decorators"].Value, StringComparison.Ordinal);
            Assert.DoesNotContain("=", parameter.Groups["rest"].Value, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Bicep_CompilesIt()
    {
        Tool.Need("bicep");

        var (code, said) = await Tool.RunAsync("bicep", "build", Repository.PathOf($"{Folder}/main.bicep"), "--stdout");

        Assert.True(code == 0, said);
    }

    [GeneratedRegex(@"^module (?<name>\w+) '(?<file>[^']+)' = \{(?<body>.*?)^\}", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ModuleUse();

    // The module's own name stands at the beginning of a line; what it is given is inside "params".
    [GeneratedRegex(@"(?<=params: \{.*)\b(?<name>[a-zA-Z]+): ", RegexOptions.Singleline)]
    private static partial Regex Argument();

    [GeneratedRegex(@"^param (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"^output (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex Output();

    [GeneratedRegex(@"\b(?<module>\w+)\.outputs\.(?<output>\w+)")]
    private static partial Regex OutputUse();

    [GeneratedRegex(@"(?<decorators>(^@.*\n)*)^param \w*[pP]assword (?<rest>.*)$", RegexOptions.Multiline)]
    private static partial Regex PasswordParameter();
}
