using System.Reflection;
using System.Runtime.Versioning;

namespace TtsGrains.Client.Tests.Cli;

/// <summary>Runs the shell commands of every document in order, except the blocks <c>sh unrun</c>: see <see cref="DocumentRun"/>.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class DocumentCommandsTests
{
    private const string Readme = "README.md";

    private static readonly FileInfo Script = new(
        Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(known => known.Key == "Script").Value!);

    public static TheoryData<string> Documents => [.. Directory.GetFiles(Path.Combine(Script.DirectoryName!, "docs"), "*.md").Append(Path.Combine(Script.DirectoryName!, "CONTRIBUTING.md"))
        .Where(path => DocumentBlock.ReadAll(path).Any(block => block.IsCommand)).Select(path => Path.GetRelativePath(Script.DirectoryName!, path)).Order()];

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task Document_Commands_Succeed(string document)
    {
        await using var run = new DocumentRun(Script, document);

        await run.RunAsync();
    }

    [Fact]
    public async Task Readme_Commands_SpeakListenExportAndErase()
    {
        await using var run = new DocumentRun(Script, Readme);

        var output = await run.RunAsync();

        Assert.Contains("Tenants__acme__Keys__0=", output, StringComparison.Ordinal);
        Assert.Matches("data/archive/.*\\.wav\n", output);
        Assert.Matches($"\n{run.Session} +[0-9-]+ [0-9:]+ +", output);
        Assert.EndsWith($"{run.Session} is erased\n", output, StringComparison.Ordinal);
        Assert.All(
            (string[])["words/flush_1.wav", "words/flush_2.wav", "hello.wav", "hello.pcm", "heard.wav", "call/recording.wav"],
            file => Assert.True(new FileInfo(Path.Combine(run.Folder, file)).Length > 10_000, $"{file} has no audio."));
    }
}
