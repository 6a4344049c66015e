using System.Diagnostics;

namespace TtsGrains.Infra.Tests.Files;

/// <summary>Programs that others wrote. What only they can judge is judged where they are installed, and skipped elsewhere.</summary>
internal static class Tool
{
    /// <summary>Skips the test when the program is not here.</summary>
    public static void Need(string program)
        => Assert.SkipUnless(
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program))),
            $"{program} is not installed.");

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its exit code, and all that it wrote.</returns>
    public static async Task<(int Code, string Said)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var token = TestContext.Current.CancellationToken;
        var output = process.StandardOutput.ReadToEndAsync(token);
        var errors = process.StandardError.ReadToEndAsync(token);
        await process.WaitForExitAsync(token);
        return (process.ExitCode, await output + await errors);
    }
}
