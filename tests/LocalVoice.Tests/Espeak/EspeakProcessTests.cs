using System.Diagnostics;
using TtsGrains.LocalVoice.Espeak;
using TtsGrains.LocalVoice.Synthesis;
using TtsGrains.LocalVoice.Voices;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.LocalVoice.Tests.Espeak;

/// <summary>The restart of the speech process, by a clock that the test moves. The processes are real.</summary>
public sealed class EspeakProcessTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly List<WorkerProcess> _started = [];
    private int _starts;
    private bool _mayStart = true;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Speak_ProcessHangs_IsEndedAfterTheTimeoutAndTheTextIsSpokenByANewOne()
    {
        var engine = new EspeakProcess(Start, _time);
        using var hung = Process.GetProcessById(engine.ProcessId!.Value);
        using (var stop = Process.Start("kill", ["-STOP", $"{hung.Id}"]))
        {
            await stop.WaitForExitAsync(Token);
        }

        var listener = new CountingListener();
        var speaking = Task.Run(() => engine.Speak(Hello, listener), Token);
        await _time.WhenTimerAsync(due => due == WorkerProcess.SilenceTimeout, Token);
        _time.Advance(WorkerProcess.SilenceTimeout - TimeSpan.FromMilliseconds(1));
        Assert.False(hung.HasExited);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await speaking;

        Assert.True(listener.Samples > 0);
        Assert.NotEqual(hung.Id, engine.ProcessId);
        Assert.Equal(2, _starts);
        End();
    }

    [Fact]
    public async Task Speak_ProcessDoesNotStart_TriesAgainAfterGrowingDelays_AndASuccessResetsThem()
    {
        var engine = new EspeakProcess(Start, _time);
        foreach (var repetition in (int[])[1, 2])
        {
            using (var process = Process.GetProcessById(engine.ProcessId!.Value))
            {
                process.Kill();
                await process.WaitForExitAsync(Token);
            }

            _mayStart = false;
            AssertRefused(engine, expectedStarts: 1);
            foreach (var delay in (int[])[100, 200, 400, 800, 1600, 3200, 5000, 5000])
            {
                _time.Advance(TimeSpan.FromMilliseconds(delay - 1));
                AssertRefused(engine, expectedStarts: 0);
                _time.Advance(TimeSpan.FromMilliseconds(2));
                AssertRefused(engine, expectedStarts: 1);
            }

            _mayStart = true;
            _time.Advance(TimeSpan.FromSeconds(6));
            var listener = new CountingListener();
            engine.Speak(Hello, listener);
            Assert.True(listener.Samples > 0, $"nothing was spoken after outage {repetition}");
        }

        End();
    }

    private static Utterance Hello => new("Hello.", VoiceProfile.Create("anna", "en-us"), Speed: 1, EndPause: true);

    private void AssertRefused(EspeakProcess engine, int expectedStarts)
    {
        var before = _starts;
        Assert.Throws<SpeechException>(() => engine.Speak(Hello, new CountingListener()));
        Assert.Equal(expectedStarts, _starts - before);
    }

    private WorkerProcess Start()
    {
        _starts++;
        _started.Add(_mayStart ? WorkerProcess.Start(_time) : throw new InvalidOperationException("There is no library."));
        return _started[^1];
    }

    private void End() => _started[^1].End();

    private sealed class CountingListener : ISpeechListener
    {
        public int Samples { get; private set; }

        public void OnWord(int position, long sample)
        {
        }

        public void OnPhoneme(string name, long sample)
        {
        }

        public bool OnSamples(ReadOnlySpan<short> samples)
        {
            Samples += samples.Length;
            return true;
        }
    }
}
