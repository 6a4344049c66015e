namespace TtsGrains.Cli.Bench.Processes;

/// <summary>Adds up CPU time and audio while it runs. Runs from the start.</summary>
internal sealed class CpuMeter
{
    private readonly Func<TimeSpan> _cpuTime;
    private readonly Func<TimeSpan> _audio;
    private TimeSpan _cpuAtStart;
    private TimeSpan _audioAtStart;

    public CpuMeter(Func<TimeSpan> cpuTime, Func<TimeSpan> audio)
    {
        (_cpuTime, _audio) = (cpuTime, audio);
        Resume();
    }

    public TimeSpan Cpu { get; private set; }

    public TimeSpan Audio { get; private set; }

    public void Suspend()
    {
        Cpu += _cpuTime() - _cpuAtStart;
        Audio += _audio() - _audioAtStart;
    }

    public void Resume() => (_cpuAtStart, _audioAtStart) = (_cpuTime(), _audio());
}
