using System.Globalization;
using Spectre.Console;
using TtsGrains.Client.Sessions;

namespace TtsGrains.Cli.Sessions;

/// <summary>Downloads into files: with a bar on a terminal; where the output is piped, one line for each file that is complete.</summary>
internal static class DownloadBar
{
    /// <summary>Downloads one file.</summary>
    /// <param name="path">Where to; written beside it and moved there when complete.</param>
    /// <param name="download">Fills the file.</param>
    public static async Task RunAsync(string path, Func<FileStream, IProgress<DownloadProgress>, Task> download)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var part = path + ".part";
        await using (var file = new FileStream(part, FileMode.Create, FileAccess.ReadWrite))
        {
            if (Console.IsOutputRedirected)
            {
                await download(file, new Nobody());
            }
            else
            {
                await ShowAsync(Path.GetFileName(path), progress => download(file, progress));
            }
        }

        File.Move(part, path, overwrite: true);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}  {new FileInfo(path).Length} bytes"));
    }

    private static Task ShowAsync(string name, Func<IProgress<DownloadProgress>, Task> download)
        => AnsiConsole.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new SpinnerColumn())
            .StartAsync(progress => download(new Bar(progress.AddTask(Markup.Escape(name)))));

    private sealed class Bar(ProgressTask task) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value)
        {
            task.IsIndeterminate = value.TotalBytes is null;
            task.MaxValue = value.TotalBytes ?? Math.Max(1, value.Bytes);
            task.Value = value.Bytes;
        }
    }

    private sealed class Nobody : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value)
        {
        }
    }
}
