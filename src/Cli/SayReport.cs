using System.Globalization;

namespace TtsGrains.Cli;

/// <summary>What <c>say</c> prints: lines for people, or objects for programs.</summary>
internal sealed class SayReport(bool isJson)
{
    public void Session(string? session)
    {
        if (session is not null)
        {
            Write($"session {session}", new { SessionId = session });
        }
    }

    public void FirstAudio(TimeSpan after)
        => Write(string.Create(CultureInfo.InvariantCulture, $"first audio after {after.TotalMilliseconds:F0} ms"), new { FirstAudioMs = Math.Round(after.TotalMilliseconds, 1) });

    public void File(string path, TimeSpan duration)
        => Write(
            string.Create(CultureInfo.InvariantCulture, $"{path}  {duration.TotalSeconds:F2} s"),
            new { File = path, DurationMs = Math.Round(duration.TotalMilliseconds, 1) });

    private void Write(string line, object item)
    {
        if (isJson)
        {
            JsonOutput.Write(item);
        }
        else
        {
            Console.WriteLine(line);
        }
    }
}
