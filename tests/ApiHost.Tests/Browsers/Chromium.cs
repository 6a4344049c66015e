using System.Diagnostics;

namespace TtsGrains.ApiHost.Tests.Browsers;

/// <summary>Debian's Chromium without a window, on one page, with a profile of its own.</summary>
internal sealed class Chromium : IDisposable
{
    private const string Program = "/usr/bin/chromium";

    // A browser starts slowly on a machine that is busy.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _profile = Directory.CreateTempSubdirectory("tts-chromium-");
    private readonly Process _process;

    private Chromium(Uri page)
    {
        Assert.True(File.Exists(Program), $"{Program} is missing; install it with: sudo apt-get install -y chromium");
        var start = new ProcessStartInfo(Program) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--ignore-certificate-errors", $"--user-data-dir={_profile.FullName}", page.ToString(),
        ])
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;

        // Read to the end, so that the browser never waits for its reader.
        _process.ErrorDataReceived += static (_, _) => { };
        _process.OutputDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>Opens a page and returns its report.</summary>
    /// <param name="host">Serves the page.</param>
    /// <param name="page">The page.</param>
    public static async Task<string> ReportOfAsync(Uri host, BrowserPage page)
    {
        // The development certificate names localhost.
        using var browser = new Chromium(new UriBuilder(host) { Host = "localhost", Path = BrowserPage.Path }.Uri);
        return await page.Result.WaitAsync(Timeout, TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _profile.Delete(recursive: true);
    }
}
