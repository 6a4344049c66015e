namespace TtsGrains.Grains.Health;

/// <summary>How a host is: what that means depends on what it does in its cluster.</summary>
public interface IHostHealth
{
    /// <summary>Whether contexts can be spoken through it right now.</summary>
    bool IsReady { get; }

    /// <summary>What <c>/health/ready</c> says.</summary>
    HostHealth Report();
}
