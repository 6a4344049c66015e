namespace TtsGrains.Cli.Bench;

/// <summary>Adds up CPU time and chunks while it runs. Runs from the start.</summary>
internal sealed class CpuMeter
{
    private readonly Func<TimeSpan> _cpuTime;
    private readonly Func<int> _chunks;
    private TimeSpan _cpuAtStart;
    private int _chunksAtStart;

    public CpuMeter(Func<TimeSpan> cpuTime, Func<int> chunks)
    {
        (_cpuTime, _chunks) = (cpuTime, chunks);
        Resume();
    }

    public TimeSpan Cpu { get; private set; }

    public int Chunks { get; private set; }

    public void Pause()
    {
        Cpu += _cpuTime() - _cpuAtStart;
        Chunks += _chunks() - _chunksAtStart;
    }

    public void Resume() => (_cpuAtStart, _chunksAtStart) = (_cpuTime(), _chunks());
}
