using TtsGrains.Engine.Tests.Hosting;

namespace TtsGrains.Engine.Tests.Grains;

public interface ICancelGrain : IGrainWithStringKey
{
    /// <summary>Comes to the gate, then waits until it is cancelled; then comes to the gate "name/cancelled".</summary>
    Task WaitForCancelAsync(string gate, CancellationToken cancellationToken);

    Task HoldAsync(string gate);

    Task<bool> CanBeCancelledLaterAsync(string name, CancellationToken cancellationToken);
}

public sealed class CancelGrain : Grain, ICancelGrain
{
    public async Task WaitForCancelAsync(string gate, CancellationToken cancellationToken)
    {
        Gate.Of(gate).Reach();
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (cancellationToken.Register(cancelled.SetResult))
        {
            await cancelled.Task;
        }

        Gate.Of(gate + "/cancelled").Reach();
        cancellationToken.ThrowIfCancellationRequested();
    }

    public Task HoldAsync(string gate) => Gate.Of(gate).PassAsync();

    public Task<bool> CanBeCancelledLaterAsync(string name, CancellationToken cancellationToken)
        => Task.FromResult(!cancellationToken.IsCancellationRequested && name.Length > 0);
}
