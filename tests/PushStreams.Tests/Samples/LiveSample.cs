using Microsoft.Extensions.Hosting;
using Orleans.Streams;

namespace TtsGrains.PushStreams.Tests.Samples;

internal static class LiveSample
{
    public static void AddSilo(IHostApplicationBuilder builder, int siloPort, int gatewayPort)
    {
        // silo
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(siloPort, gatewayPort);
            silo.AddMemoryGrainStorage("PubSubStore");
            silo.AddPushStreams("live", streams => streams.SlowConsumers = SlowConsumers.Skip);
        });
        // end
    }

    public static void AddClient(IHostApplicationBuilder builder, int gatewayPort)
    {
        // client
        builder.UseOrleansClient(client =>
        {
            client.UseLocalhostClustering(gatewayPort);
            client.AddPushStreams("live");
        });
        // end
    }

    public static async Task<StreamSubscriptionHandle<decimal>> RunAsync(IClusterClient cluster, Func<decimal, Task> show)
    {
        // use
        var prices = cluster.GetStreamProvider("live").GetStream<decimal>(StreamId.Create("prices", "EUR"));

        var subscription = await prices.SubscribeAsync((price, _) => show(price));

        await prices.OnNextAsync(1.08m);
        await prices.OnNextBatchAsync([1.09m, 1.07m]);
        // end
        return subscription;
    }
}
