using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using System.Text.RegularExpressions;
using TtsGrains.Testing;

namespace TtsGrains.Client.Tests.Cli;

/// <summary>
/// One document, run as a reader would: in an empty folder, block after block. A block <c>sh up</c> starts the service in place of the one before; without one it is
/// started first. Replaced are the default ports, the placeholder SESSION and <c>npm install</c>; <c>curl</c> fails at an error status.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed partial class DocumentRun(FileInfo script, string document) : IAsyncDisposable
{
    private const string Up = "./tts up";
    private const string Archive = "data/archive";
    private const string Prelude = "set -euo pipefail\ncurl() { command curl -fsS \"$@\"; }\n";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(90);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tts-document-");
    private readonly string _voicePort = FreePort();
    private Process? _service;
    private Uri? _http;
    private Uri? _https;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public string Folder => _folder.FullName;

    /// <summary>The session that the commands speak in.</summary>
    public string Session { get; private set; } = "";

    /// <returns>All that the commands wrote to standard output.</returns>
    public async Task<string> RunAsync()
    {
        Prepare();
        var blocks = DocumentBlock.ReadAll(Path.Combine(script.DirectoryName!, document));
        var output = new StringBuilder();
        foreach (var block in blocks.Where(block => block.IsCommand))
        {
            if (block.Tag == "up")
            {
                Write(blocks);
                await StartAsync(block.Text.Split('\n').Single(line => line.Contains(Up, StringComparison.Ordinal)));
                continue;
            }

            if (_service is null)
            {
                await StartAsync(Up);
            }

            Write(blocks);
            if (Session.Length == 0 && block.Text.Contains("SESSION", StringComparison.Ordinal))
            {
                await ShellAsync("./tts say 'Stay hungry, ' 'stay foolish.' --out said", output);
            }

            if (block.Text.Contains(Archive, StringComparison.Ordinal))
            {
                await Eventually.IsTrueAsync(IsArchived, Token);
            }

            await ShellAsync(Replace(block.Text), output);
        }

        return output.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Delete(recursive: true);
    }

    // The folder has the script and the packages that a JavaScript program needs, as after npm install.
    private void Prepare()
    {
        var tts = Path.Combine(Folder, "tts");
        File.WriteAllText(tts, $"#!/bin/sh\nexec '{script.FullName}' \"$@\"\n");
        File.SetUnixFileMode(tts, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var installed = Path.Combine(script.DirectoryName!, "tests/Conformance/node_modules");
        _folder.CreateSubdirectory("node_modules/@cartesia");
        Directory.CreateSymbolicLink(Path.Combine(Folder, "node_modules/@cartesia/cartesia-js"), Path.Combine(installed, "cartesia-3"));
        Directory.CreateSymbolicLink(Path.Combine(Folder, "node_modules/ws"), Path.Combine(installed, "ws"));
    }

    // The manifest of a context is written after its segments.
    private bool IsArchived()
        => Directory.Exists(Path.Combine(Folder, Archive)) && Directory.EnumerateFiles(Path.Combine(Folder, Archive), "manifest.json", SearchOption.AllDirectories).Any();

    private void Write(IReadOnlyList<DocumentBlock> blocks)
    {
        foreach (var block in blocks.Where(block => block.File is not null))
        {
            File.WriteAllText(Path.Combine(Folder, block.File!), Replace(block.Text));
        }
    }

    private string Replace(string text) => text
        .Replace("127.0.0.1:8080", _http?.Authority, StringComparison.Ordinal)
        .Replace("localhost:8443", $"localhost:{_https?.Port}", StringComparison.Ordinal)
        .Replace("9000", _voicePort, StringComparison.Ordinal)
        .Replace("SESSION", Session, StringComparison.Ordinal);

    private async Task StartAsync(string line)
    {
        await StopAsync();
        var command = Replace(line.Split('#')[0]).Replace(Up, $"exec {Up} --http 0 --https 0", StringComparison.Ordinal);
        _service = Process.Start(Bash(command))!;
        var errors = _service.StandardError.ReadToEndAsync(Token);
        var ready = await _service.StandardOutput.ReadLineAsync(Token).AsTask().WaitAsync(Timeout, Token);
        var addresses = Ready().Match(ready ?? await errors);
        Assert.True(addresses.Success, $"{command}: {ready ?? await errors}");
        (_http, _https) = (new Uri(addresses.Groups["http"].Value), new Uri(addresses.Groups["https"].Value));
    }

    private async Task StopAsync()
    {
        if (_service is null)
        {
            return;
        }

        using var kill = Process.Start("kill", ["-TERM", _service.Id.ToString(CultureInfo.InvariantCulture)]);
        await _service.WaitForExitAsync(CancellationToken.None).WaitAsync(Timeout, CancellationToken.None);
        _service.Dispose();
        _service = null;
    }

    private async Task ShellAsync(string commands, StringBuilder output)
    {
        using var shell = Process.Start(Bash(Prelude + commands))!;
        var (said, errors) = (shell.StandardOutput.ReadToEndAsync(Token), shell.StandardError.ReadToEndAsync(Token));
        try
        {
            await shell.WaitForExitAsync(Token).WaitAsync(Timeout, Token);
        }
        catch (TimeoutException)
        {
            shell.Kill(entireProcessTree: true);
            Assert.Fail($"{document}: {commands}\ndid not end within {Timeout.TotalSeconds} s.");
        }

        Assert.True(shell.ExitCode == 0, $"{document}: {commands}\nended with {shell.ExitCode}:\n{await said}{await errors}");
        output.Append(await said);
        Session = SessionLine().Match(output.ToString()).Groups["id"].Value;
    }

    private ProcessStartInfo Bash(string commands)
    {
        var start = new ProcessStartInfo("bash", ["-c", commands]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder };
        start.Environment["TTS_NO_BUILD"] = "1";
        if (_http is not null)
        {
            start.Environment["TTS_URL"] = _http.ToString();
        }

        return start;
    }

    private static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("http=(?<http>\\S+) https=(?<https>\\S+)")]
    private static partial Regex Ready();

    [GeneratedRegex("^session (?<id>\\S+)$", RegexOptions.Multiline)]
    private static partial Regex SessionLine();
}
