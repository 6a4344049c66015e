using System.Diagnostics;
using System.Text.RegularExpressions;

namespace TtsGrains.Cli.Bench.Processes;

/// <summary>A process of the benchmark, so that its CPU time is its own. It ends with the benchmark.</summary>
internal sealed partial class BenchProcess : IDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private static readonly Dictionary<string, string> Nothing = [];

    private readonly Process _process;

    private BenchProcess(Process process) => _process = process;

    /// <summary>Its WebSocket endpoint.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>What it said when it was ready.</summary>
    public string ReadyLine { get; private set; } = "";

    /// <summary>CPU time of all its threads since its start.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Gets the size of its working set, bytes.</summary>
    public long WorkingSet
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Gets the bytes of memory that it shares with no other process.</summary>
    public long PrivateBytes => ProcessMemory.PrivateBytesOf(_process);

    /// <summary>Says on standard output, for the process that started this one, that and where it serves.</summary>
    public static void AnnounceReady(string url) => Console.WriteLine($"ready url={url}");

    /// <summary>Starts a hidden command of this command line.</summary>
    public static Task<BenchProcess> StartSelfAsync(params string[] arguments)
    {
        var host = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(host) == "dotnet"
            ? StartAsync(host, [typeof(BenchProcess).Assembly.Location, .. arguments], Nothing)
            : StartAsync(host, arguments, Nothing);
    }

    /// <summary>Starts a program and waits for its ready line.</summary>
    /// <exception cref="BenchFailedException">It ended, or was not ready in time.</exception>
    public static async Task<BenchProcess> StartAsync(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        // Standard input stays open as long as this process lives: that is how the hidden commands know when to end.
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardInput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var started = new BenchProcess(Process.Start(start)!);
        try
        {
            using var timeout = new CancellationTokenSource(StartTimeout);
            started.ReadyLine = await started._process.StandardOutput.ReadLineAsync(timeout.Token) ?? "";
            var address = ReadyUrl().Match(started.ReadyLine);
            started.Url = address.Success
                ? new UriBuilder(address.Groups[1].Value) { Scheme = "ws", Path = "/tts/websocket" }.Uri
                : throw new BenchFailedException($"{Path.GetFileName(program)} {string.Join(' ', arguments)} did not start.");
            return started;
        }
        catch
        {
            started.Dispose();
            throw;
        }
    }

    /// <summary>A token for a hidden command: cancelled when the benchmark has gone.</summary>
    public static CancellationToken UntilParentEnds(CancellationToken cancellationToken)
    {
        var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        new Thread(() =>
        {
            Console.In.ReadToEnd();
            ended.Cancel();
        })
        { IsBackground = true }.Start();
        return ended.Token;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    [GeneratedRegex(@"^ready (?:url|http)=(\S+)")]
    private static partial Regex ReadyUrl();
}
