using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Hosting;

/// <summary>A program of the service as a process whose logs, end and exit code a test looks at.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly Task _reading;
    private readonly DirectoryInfo _data;

    private HostProcess(Process process, DirectoryInfo data)
    {
        (_process, _data) = (process, data);
        _reading = ReadErrorsAsync();
    }

    /// <summary>The id of the process.</summary>
    public int Id => _process.Id;

    /// <summary>The data folder.</summary>
    public string Data => _data.FullName;

    /// <summary>The lines of standard error so far.</summary>
    public IReadOnlyList<string> Errors => [.. _errors];

    /// <summary>Starts a program in Development, listening on free ports unless the settings say otherwise.</summary>
    public static HostProcess Start(string program, params (string Name, string Value)[] settings)
    {
        var data = Directory.CreateTempSubdirectory("tts-host-tests-");
        var start = new ProcessStartInfo("dotnet", [ServicePrograms.PathOf(program)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = data.FullName,
        };
        (string Name, string Value)[] common =
        [
            ("ASPNETCORE_ENVIRONMENT", "Development"), ("Listen:Http", "0"), ("Listen:Https", "0"), ("Data", data.FullName), ("LocalVoice:Engine", "tones"),
        ];
        foreach (var (name, value) in common.Concat(settings))
        {
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        return new HostProcess(Process.Start(start)!, data);
    }

    /// <summary>Waits for the ready line.</summary>
    /// <returns>Where the host listens for HTTP.</returns>
    public async Task<Uri> WhenReadyAsync(CancellationToken cancellationToken)
    {
        var line = await _process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(Timeout, cancellationToken);
        Assert.True(line?.StartsWith("ready http=", StringComparison.Ordinal), $"{line}{string.Join('\n', Errors)}");
        return new Uri(line!.Split(' ')[1]["http=".Length..]);
    }

    /// <summary>Sends SIGTERM.</summary>
    public async Task TerminateAsync(CancellationToken cancellationToken)
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(cancellationToken);
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Ends the process at once, with SIGKILL.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Waits until the process has ended.</summary>
    /// <returns>Its exit code; standard error is complete then.</returns>
    public async Task<int> WhenExitedAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken).WaitAsync(Timeout, cancellationToken);
        await _reading;
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _data.Delete(recursive: true);
    }

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            _errors.Enqueue(line);
        }
    }
}
