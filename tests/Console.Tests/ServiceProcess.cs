using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace TtsGrains.Console.Tests;

/// <summary>The service as a process of its own with its embedded voice, two tenants, free ports and a folder of its own.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    public const string AcmeKey = "acme-key";
    public const string BoltKey = "bolt-key";

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly DirectoryInfo _data;

    private ServiceProcess(Process process, DirectoryInfo data, Uri address) => (_process, _data, Address) = (process, data, address);

    /// <summary>Where it listens for HTTP.</summary>
    public Uri Address { get; }

    public static async Task<ServiceProcess> StartAsync()
    {
        var data = Directory.CreateTempSubdirectory("tts-console-tests-");

        // Another working directory than the program's: the console's files must be found all the same.
        var start = new ProcessStartInfo("dotnet", [PathOf("ApiHost")]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = data.FullName };
        (string Name, string Value)[] settings =
        [
            ("ASPNETCORE_ENVIRONMENT", "Development"), ("Listen__Http", "0"), ("Listen__Https", "0"), ("Data", data.FullName),
            ("Tenants__acme__Keys__0", $"{HashOf(AcmeKey)} scopes=speak,listen,archive,admin"), ("Tenants__bolt__Keys__0", HashOf(BoltKey)),
            ("Contexts__ReconnectTimeout", "00:00:01"), ("Console__TraceUrl", "https://traces.example.com/trace/{trace_id}?org=1"),
        ];
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;

        // Read to the end, so that the service never waits for its reader.
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(Timeout);
        Assert.StartsWith("ready http=", line, StringComparison.Ordinal);
        return new ServiceProcess(process, data, new Uri(line!.Split(' ')[1]["http=".Length..]));
    }

    /// <summary>Returns a path that the build wrote into the assembly.</summary>
    public static string PathOf(string name)
        => typeof(ServiceProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == name).Value!;

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _data.Delete(recursive: true);
    }

    private static string HashOf(string key) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
