using System.Diagnostics;
using System.Reflection;

namespace TtsGrains.Client.Tests.Cli;

/// <summary>The script <c>./tts</c>, run from the root of the repository as a user does, with the programs that this test run has built.</summary>
public sealed class ScriptTests
{
    private static readonly FileInfo Script = new(
        Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(known => known.Key == "Script").Value!);

    [Theory]
    [InlineData("usage: ./tts up [options]", "up", "--help")]
    [InlineData("usage: ./tts test [options]", "test", "--help")]
    [InlineData("usage: ./tts restore", "restore", "--help")]
    [InlineData("tts bench [options]", "bench", "--help")]
    [InlineData("tts cluster [options]", "cluster", "--help")]
    [InlineData("tts cluster [options]", "cluster", "--silos", "2", "-h")]
    [InlineData("tts say <text>... [options]", "say", "--help")]
    [InlineData("tts listen <session> [options]", "listen", "--help")]
    [InlineData("tts sessions [options]", "sessions", "--help")]
    [InlineData("tts export <session> [options]", "export", "--help")]
    [InlineData("tts erase <session> [options]", "erase", "--help")]
    [InlineData("tts keys new [options]", "keys", "new", "--help")]
    [InlineData("tts tenants add <tenant> [options]", "tenants", "add", "--help")]
    [InlineData("tts tenants keys <tenant> [options]", "tenants", "keys", "--help")]
    [InlineData("tts tenants limits <tenant> [options]", "tenants", "limits", "--help")]
    [InlineData("usage: ./tts <command> [options]", "--help")]
    [InlineData("usage: ./tts <command> [options]", "help")]
    [InlineData("usage: ./tts <command> [options]")]
    public async Task Help_AnyCommand_ShowsItsUsageAndNoInnerOptions(string usage, params string[] arguments)
    {
        var (exitCode, output, errors) = await RunAsync(arguments);

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Contains(usage, output, StringComparison.Ordinal);
        Assert.DoesNotMatch("--bin|--azurite|--service|--upstream|bench-", output);
    }

    [Fact]
    public async Task Version_IsThatOfTheRelease()
    {
        var (exitCode, output, errors) = await RunAsync("--version");

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Matches(@"^\d+\.\d+\.\d+", output);
    }

    [Theory]
    [InlineData("tts: there is no command sya; ./tts help lists them", "sya", "Hello.")]
    [InlineData("tts: there is no command --bad; ./tts help lists them", "--bad")]
    [InlineData("tts: up does not know --bad; see ./tts up --help", "up", "--bad")]
    [InlineData("tts: --http needs a port", "up", "--http")]
    [InlineData("tts: --data needs a folder", "up", "--data")]
    [InlineData("tts: --tenants needs a file", "up", "--tenants")]
    [InlineData("tts: cluster does not know --bad; see ./tts cluster --help", "cluster", "--silos", "2", "--bad")]
    [InlineData("tts: --silos needs a number", "cluster", "--silos")]
    [InlineData("tts: restore takes no options", "restore", "--bad")]
    [InlineData("tts: test does not know --bad; see ./tts test --help", "test", "--bad")]
    [InlineData("tts: --only needs a project", "test", "--only")]
    [InlineData("tts: --only :Name needs a project before its colon and a filter behind it", "test", "--only", ":Name")]
    [InlineData("tts: --only Grains.Tests: needs a project before its colon and a filter behind it", "test", "--only", "Grains.Tests:")]
    [InlineData("tts: Conformance has no test file whose name contains nothing-like-it", "test", "--only", "Conformance:nothing-like-it")]
    [InlineData("keys has no option --bad; --help lists them.", "keys", "--bad")]
    public async Task Command_Wrong_IsOneSentenceAndExitCode2(string expected, params string[] arguments)
        => Assert.Equal((2, "", $"{expected}\n"), await RunAsync(arguments));

    [Fact]
    public async Task Test_OnlyUnknownProject_NamesTheKnownOnes()
    {
        var (exitCode, output, errors) = await RunAsync("test", "--only", "Nope");

        Assert.Equal((2, ""), (exitCode, output));
        Assert.StartsWith("tts: there is no test project Nope; there are: ", errors, StringComparison.Ordinal);
        Assert.All(
            Script.Directory!.GetDirectories("tests/*.Tests").Select(project => project.Name).Append("Conformance"),
            project => Assert.Contains(project, errors, StringComparison.Ordinal));
        Assert.Single(errors.TrimEnd().Split('\n'));
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Script.FullName, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Script.DirectoryName };
        start.Environment["TTS_NO_BUILD"] = "1";
        using var script = Process.Start(start)!;
        var (output, errors) = (script.StandardOutput.ReadToEndAsync(), script.StandardError.ReadToEndAsync());
        await script.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (script.ExitCode, await output, await errors);
    }
}
