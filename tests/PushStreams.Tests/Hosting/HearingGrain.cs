using Orleans.Streams;

namespace TtsGrains.PushStreams.Tests.Hosting;

/// <summary>A grain that hears the stream of its own key.</summary>
public interface IHearingGrain : IGrainWithStringKey
{
    Task SubscribeAsync();

    Task<int> CountAsync();

    Task<int[]> HeardAsync();
}

public sealed class HearingGrain : Grain, IHearingGrain
{
    private readonly List<int> _received = [];
    private int _running;

    public async Task SubscribeAsync()
        => await this.GetStreamProvider(StreamCluster.Provider).GetStream<int>(StreamId.Create("numbers", this.GetPrimaryKeyString()))
            .SubscribeAsync(async (item, _) =>
            {
                if (++_running > 1)
                {
                    throw new InvalidOperationException("Two turns at a time.");
                }

                await Task.Yield();
                _received.Add(item);
                _running--;
            });

    public Task<int> CountAsync() => Task.FromResult(_received.Count);

    public Task<int[]> HeardAsync() => Task.FromResult(_received.ToArray());
}
