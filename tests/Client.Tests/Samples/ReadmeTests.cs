using System.Reflection;
using TtsGrains.Client.Contexts;
using TtsGrains.Client.Tests.Scripted;
using TtsGrains.Client.Tests.Service;
using TtsGrains.Testing;

namespace TtsGrains.Client.Tests.Samples;

/// <summary>The programs of the READMEs compile and run as they stand there, against the real service.</summary>
public sealed class ReadmeTests(RealService service) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tts-readme-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("say")]
    [InlineData("interrupt")]
    public async Task Client_Example_WritesAudio(string name)
    {
        var output = FileOf($"{name}.pcm");

        await ReadmeProgram.RunAsync(Read("README.md"), name, service.Url.ToString(), output.FullName);

        output.Refresh();
        Assert.InRange(output.Length, 10_000, 10_000_000);
    }

    [Fact]
    public async Task Client_ListenExample_WritesWhatWasHeardAndTheRecording()
    {
        string session;
        await using (var client = service.NewClient())
        {
            await using var context = client.OpenContext(new TtsContextOptions { Voice = RealService.Voice });
            await context.SayAsync("Kept for later.");
            await context.ReadAllAsync();
            session = client.SessionId!;
        }

        await using var watcher = service.NewClient();
        await Eventually.IsAsync(async () => (await watcher.Sessions.GetAsync(session, Scene.Stop)).Contexts.All(context => context.Archived), true, Scene.Stop);
        var (heard, recording) = (FileOf("call.ulaw"), FileOf("call.wav"));

        await ReadmeProgram.RunAsync(Read("README.md"), "listen", session, service.Url.ToString(), heard.FullName, recording.FullName);

        heard.Refresh();
        recording.Refresh();
        Assert.InRange(heard.Length, 1_000, 1_000_000);
        Assert.True(recording.Length > heard.Length);
    }

    [Fact]
    public Task Testing_Example_Passes() => ReadmeProgram.RunAsync(Read("Testing.README.md"), "scripted");

    private FileInfo FileOf(string name) => new(Path.Combine(_folder.FullName, name));

    private static string Read(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
