using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using TtsGrains.Client.Sessions;

namespace TtsGrains.Cli.Sessions;

/// <summary>Downloads into files: with a bar on a terminal; where the output is piped, one line for each file that is complete.</summary>
internal sealed class DownloadBar(bool isJson)
{
    /// <summary>Downloads one file.</summary>
    /// <param name="path">Where to; written beside it and moved there when complete. Folders are made.</param>
    /// <param name="download">Fills the file.</param>
    public Task RunAsync(string path, Func<FileStream, IProgress<DownloadProgress>, Task> download)
        => DownloadAsync(
            path, download, new TaskDescriptionColumn(), new ProgressBarColumn(), new ReceivedColumn(), new TransferSpeedColumn(), new SpinnerColumn());

    /// <summary>Downloads one file of unknown length.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public Task RunEndlessAsync(string path, Func<FileStream, IProgress<DownloadProgress>, Task> download)
        => DownloadAsync(path, download, new SpinnerColumn(), new TaskDescriptionColumn(), new ReceivedColumn(), new ElapsedTimeColumn());

    /// <summary>Tells of a file that is complete.</summary>
    public void WriteDone(string path)
    {
        var (bytes, duration) = (new FileInfo(path).Length, WavFile.DurationOf(path));
        if (isJson)
        {
            JsonOutput.Write(new { File = path, DurationMs = duration is { } time ? Math.Round(time.TotalMilliseconds, 1) : (double?)null, Bytes = bytes });
        }
        else
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}  {(duration is { } time ? $"{time.TotalSeconds.ToString("F2", CultureInfo.InvariantCulture)} s  " : "")}{bytes} bytes"));
        }
    }

    private async Task DownloadAsync(string path, Func<FileStream, IProgress<DownloadProgress>, Task> download, params ProgressColumn[] columns)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var part = path + ".part";
        try
        {
            await using (var file = new FileStream(part, FileMode.Create, FileAccess.ReadWrite))
            {
                await (Console.IsOutputRedirected
                    ? download(file, new Silent())
                    : AnsiConsole.Progress().AutoClear(true).Columns(columns)
                        .StartAsync(progress => download(file, new Bar(progress.AddTask(Markup.Escape(Path.GetFileName(path)), maxValue: double.MaxValue)))));
            }

            File.Move(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }

        WriteDone(path);
    }

    private sealed class Bar : IProgress<DownloadProgress>
    {
        private readonly ProgressTask _task;

        public Bar(ProgressTask task) => (_task, task.IsIndeterminate) = (task, true);

        public void Report(DownloadProgress value)
        {
            if (value.TotalBytes is { } total)
            {
                (_task.IsIndeterminate, _task.MaxValue) = (false, total);
            }

            _task.Value = value.Bytes;
        }
    }

    private sealed class ReceivedColumn : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
            => new Text(task.IsIndeterminate
                ? string.Create(CultureInfo.InvariantCulture, $"{task.Value / 1e6:F1} MB")
                : string.Create(CultureInfo.InvariantCulture, $"{task.Value / 1e6:F1} of {task.MaxValue / 1e6:F1} MB"));
    }

    private sealed class Silent : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value)
        {
        }
    }
}
