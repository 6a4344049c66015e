using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace TtsGrains.Cli.Cluster;

/// <summary>
/// A child process that says when it is ready, and that can be stopped, killed or frozen alone. It is a session of its own, so that Ctrl-C reaches
/// this process only, which then stops its children in order.
/// </summary>
public sealed partial class ChildProcess : IAsyncDisposable
{
    private const int Kill = 9;
    private const int Terminate = 15;
    private const int KeptLines = 200;

    private readonly Process _process;
    private readonly Action<string>? _hear;
    private readonly Func<string, bool> _isReady;
    private readonly Queue<string> _said = new();
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(ChildProgram program, Process process, Action<string>? hear)
    {
        (Name, _process, _hear, _isReady) = (program.Name, process, hear, program.IsReady);
        Exited = WaitAsync();

        // It may have no waiter.
        _ = _ready.Task.ContinueWith(ready => ready.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    public string Name { get; }

    public int Id => _process.Id;

    /// <summary>The line by which it said that it is ready. Fails when it ends before, with what it said.</summary>
    public Task<string> Ready => _ready.Task;

    /// <summary>Its exit code, when it has ended; 128 and the signal's number when a signal ended it.</summary>
    public Task<int> Exited { get; }

    /// <summary>The last of what it said, on either output.</summary>
    public string Said
    {
        get
        {
            lock (_said)
            {
                return string.Join(Environment.NewLine, _said);
            }
        }
    }

    /// <summary>Starts it.</summary>
    /// <param name="program">What.</param>
    /// <param name="hear">Gets each line that it says; null to drop them.</param>
    public static ChildProcess Start(ChildProgram program, Action<string>? hear = null)
    {
        List<string> command = [program.File, .. program.Arguments];
        if (program.User is { } user && Environment.UserName == "root")
        {
            command.InsertRange(0, ["setpriv", $"--reuid={user}", $"--regid={user}", "--init-groups", "--"]);
        }

        if (File.Exists("/usr/bin/setsid"))
        {
            command.Insert(0, "/usr/bin/setsid");
        }

        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = program.Folder ?? "",
        };
        foreach (var (name, value) in program.Environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start) ?? throw new ChildFailedException($"{program.Name} could not be started.");
        return new ChildProcess(program, process, hear);
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <exception cref="ChildFailedException">It ended, or was not ready in time; it has ended then.</exception>
    public static async Task<ChildProcess> StartAsync(ChildProgram program, TimeSpan patience, CancellationToken cancellationToken, Action<string>? hear = null)
    {
        var child = Start(program, hear);
        try
        {
            await child.Ready.WaitAsync(patience, cancellationToken);
            return child;
        }
        catch (Exception failure)
        {
            await child.DisposeAsync();
            throw failure is TimeoutException
                ? new ChildFailedException($"{program.Name} was not ready within {patience.TotalSeconds} s. It said:{Environment.NewLine}{child.Said}", failure)
                : failure;
        }
    }

    /// <summary>Sends it a signal, unless it has ended.</summary>
    public void Signal(int signal)
    {
        if (!Exited.IsCompleted)
        {
            _ = SendSignal(Id, signal);
        }
    }

    /// <summary>Asks it to end (SIGTERM), or by another signal, and kills it when it takes too long.</summary>
    /// <returns>True if it ended without a signal.</returns>
    public async Task<bool> StopAsync(TimeSpan patience, int signal = Terminate)
    {
        Signal(signal);
        try
        {
            await Exited.WaitAsync(patience);
            return true;
        }
        catch (TimeoutException)
        {
            await KillAsync();
            return false;
        }
    }

    /// <summary>Ends it at once (SIGKILL): it has no chance to save anything.</summary>
    public async Task KillAsync()
    {
        Signal(Kill);
        await Exited;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private async Task<int> WaitAsync()
    {
        await Task.WhenAll(ReadAsync(_process.StandardOutput), ReadAsync(_process.StandardError));
        await _process.WaitForExitAsync();
        _ready.TrySetException(new ChildFailedException(string.Create(
            CultureInfo.InvariantCulture, $"{Name} ended with exit code {_process.ExitCode} before it was ready. It said:{Environment.NewLine}{Said}")));
        return _process.ExitCode;
    }

    private async Task ReadAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            lock (_said)
            {
                _said.Enqueue(line);
                if (_said.Count > KeptLines)
                {
                    _said.Dequeue();
                }
            }

            _hear?.Invoke(line);
            if (_isReady(line))
            {
                _ready.TrySetResult(line);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}

/// <summary>A child process did not do what it was started for.</summary>
public sealed class ChildFailedException : Exception
{
    public ChildFailedException()
    {
    }

    public ChildFailedException(string message)
        : base(message)
    {
    }

    public ChildFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
