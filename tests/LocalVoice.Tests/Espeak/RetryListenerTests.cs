using TtsGrains.LocalVoice.Espeak;
using TtsGrains.LocalVoice.Synthesis;
using Xunit;

namespace TtsGrains.LocalVoice.Tests.Espeak;

public sealed class RetryListenerTests : ISpeechListener
{
    private readonly List<string> _received = [];

    [Fact]
    public void Restart_InTheMiddle_RepeatsNothingAndLeavesNothingOut()
    {
        var listener = new RetryListener(this);
        listener.OnWord(0, 0);
        listener.OnPhoneme("a", 0);
        listener.OnSamples([1, 2, 3]);

        listener.Restart();
        listener.OnWord(0, 0);
        listener.OnPhoneme("a", 0);
        listener.OnSamples([1, 2]);
        listener.OnWord(2, 3);
        Assert.True(listener.OnSamples([3, 4, 5]));
        Assert.False(listener.OnSamples([6]));

        Assert.Equal(["word 0", "phoneme a", "1 2 3", "word 2", "4 5", "6"], _received);
    }

    [Fact]
    public void Restart_BeforeAnything_PassesAllOn()
    {
        var listener = new RetryListener(this);
        listener.Restart();
        listener.OnWord(0, 0);
        listener.OnSamples([1]);

        Assert.Equal(["word 0", "1"], _received);
    }

    void ISpeechListener.OnWord(int position, long sample) => _received.Add($"word {position}");

    void ISpeechListener.OnPhoneme(string name, long sample) => _received.Add($"phoneme {name}");

    bool ISpeechListener.OnSamples(ReadOnlySpan<short> samples)
    {
        _received.Add(string.Join(' ', samples.ToArray()));
        return _received[^1] != "6";
    }
}
