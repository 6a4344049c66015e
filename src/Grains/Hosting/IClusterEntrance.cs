namespace TtsGrains.Grains.Hosting;

/// <summary>Where a host waits until its cluster can be joined. A host alone has none.</summary>
public interface IClusterEntrance
{
    /// <summary>Completes when the cluster can be joined.</summary>
    /// <param name="onWaiting">Told what is waited for, once for each reason.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SettingsException">Waiting would not help.</exception>
    Task WaitAsync(Func<string, Task> onWaiting, CancellationToken cancellationToken);
}
