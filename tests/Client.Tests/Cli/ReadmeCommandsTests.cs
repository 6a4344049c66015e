using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.Versioning;
using System.Text;
using System.Text.RegularExpressions;

namespace TtsGrains.Client.Tests.Cli;

/// <summary>
/// Runs the shell commands of the top README in order, against a service that <c>./tts up</c> starts on free ports in an empty folder. Replaced are only the
/// default ports, the placeholder SESSION, and <c>npm install</c>. Skipped are <c>./tts up</c>, <c>test</c> and <c>cluster</c>.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed partial class ReadmeCommandsTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(90);
    private static readonly FileInfo Script = new(
        Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(known => known.Key == "Script").Value!);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Readme_Commands_Work()
    {
        var folder = Directory.CreateTempSubdirectory("tts-readme-");
        Prepare(folder);
        var readme = await File.ReadAllTextAsync(Path.Combine(Script.DirectoryName!, "README.md"), Token);
        using var service = Process.Start(Bash(folder, "exec ./tts up --http 0 --https 0", []))!;
        try
        {
            var errors = service.StandardError.ReadToEndAsync(Token);
            var line = await service.StandardOutput.ReadLineAsync(Token).AsTask().WaitAsync(Timeout, Token);
            Assert.True(line?.StartsWith("ready http=", StringComparison.Ordinal), line ?? await errors);
            var (http, https) = (new Uri(Ready().Match(line!).Groups["http"].Value), new Uri(Ready().Match(line!).Groups["https"].Value));
            string Replace(string text) => text.Replace("127.0.0.1:8080", http.Authority, StringComparison.Ordinal).Replace("localhost:8443", $"localhost:{https.Port}", StringComparison.Ordinal);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "speak.cjs"), Replace(Program().Match(readme).Groups["text"].Value), Token);

            var output = new StringBuilder();
            var session = "";
            foreach (var commands in Block().Matches(readme).Select(match => match.Groups["text"].Value).Where(text => !text.Contains("./tts up", StringComparison.Ordinal)))
            {
                output.Append(await RunAsync(folder, Replace(commands).Replace("SESSION", session, StringComparison.Ordinal), ("TTS_URL", http.ToString())));
                session = Session().Match(output.ToString()).Groups["id"].Value;
            }

            var said = output.ToString();
            Assert.Contains("Tenants__acme__Keys__0=", said, StringComparison.Ordinal);
            Assert.Matches("data/archive/.*\\.wav\n", said);
            Assert.Matches($"\n{session} +[0-9-]+ [0-9:]+ +", said);
            Assert.EndsWith($"{session} is erased\n", said, StringComparison.Ordinal);
            Assert.All(
                (string[])["words/flush_1.wav", "words/flush_2.wav", "hello.wav", "hello.pcm", "heard.wav", "call/recording.wav"],
                file => Assert.True(new FileInfo(Path.Combine(folder.FullName, file)).Length > 10_000, $"{file} has no audio."));
        }
        finally
        {
            using var kill = Process.Start("kill", ["-TERM", service.Id.ToString(CultureInfo.InvariantCulture)]);
            await service.WaitForExitAsync(CancellationToken.None).WaitAsync(Timeout, CancellationToken.None);
            folder.Delete(recursive: true);
        }
    }

    // The folder has the script and the packages that the JavaScript example needs, as after npm install.
    private static void Prepare(DirectoryInfo folder)
    {
        File.WriteAllText(Path.Combine(folder.FullName, "tts"), $"#!/bin/sh\nexec '{Script.FullName}' \"$@\"\n");
        File.SetUnixFileMode(Path.Combine(folder.FullName, "tts"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var installed = Path.Combine(Script.DirectoryName!, "tests/Conformance/node_modules");
        folder.CreateSubdirectory("node_modules/@cartesia");
        Directory.CreateSymbolicLink(Path.Combine(folder.FullName, "node_modules/@cartesia/cartesia-js"), Path.Combine(installed, "cartesia-3"));
        Directory.CreateSymbolicLink(Path.Combine(folder.FullName, "node_modules/ws"), Path.Combine(installed, "ws"));
    }

    private static async Task<string> RunAsync(DirectoryInfo folder, string commands, params (string Name, string Value)[] environment)
    {
        using var shell = Process.Start(Bash(folder, $"set -euo pipefail\n{commands}", environment))!;
        var (output, errors) = (shell.StandardOutput.ReadToEndAsync(Token), shell.StandardError.ReadToEndAsync(Token));
        await shell.WaitForExitAsync(Token).WaitAsync(Timeout, Token);
        Assert.True(shell.ExitCode == 0, $"{commands}\nended with {shell.ExitCode}:\n{await output}{await errors}");
        return await output;
    }

    private static ProcessStartInfo Bash(DirectoryInfo folder, string commands, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("bash", ["-c", commands]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder.FullName };
        foreach (var (name, value) in environment.Append(("TTS_NO_BUILD", "1")))
        {
            start.Environment[name] = value;
        }

        return start;
    }

    [GeneratedRegex("```sh\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("```js\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Program();

    [GeneratedRegex("http=(?<http>\\S+) https=(?<https>\\S+)")]
    private static partial Regex Ready();

    [GeneratedRegex("^session (?<id>\\S+)$", RegexOptions.Multiline)]
    private static partial Regex Session();
}
