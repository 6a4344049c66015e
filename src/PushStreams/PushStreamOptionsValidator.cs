using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace TtsGrains.PushStreams;

/// <summary>Refuses settings that cannot work when the host starts, all of them in one message.</summary>
internal sealed class PushStreamOptionsValidator(string provider, PushStreamOptions options, TimeSpan responseTimeout) : IConfigurationValidator
{
    private const int MostQueues = 4_096;

    public static IConfigurationValidator Create(IServiceProvider services, string provider, TimeSpan responseTimeout)
        => new PushStreamOptionsValidator(provider, services.GetRequiredService<IOptionsMonitor<PushStreamOptions>>().Get(provider), responseTimeout);

    public void ValidateConfiguration()
    {
        var faults = Faults().ToArray();
        if (faults.Length > 0)
        {
            throw new OrleansConfigurationException($"The push streams '{provider}' cannot start: {string.Join(' ', faults)}");
        }
    }

    private IEnumerable<string> Faults()
    {
        if (options.QueueCount is < 1 or > MostQueues)
        {
            yield return $"{nameof(options.QueueCount)} is {options.QueueCount}; it must be from 1 to {MostQueues}.";
        }

        if (options.QueueCapacity < 1)
        {
            yield return $"{nameof(options.QueueCapacity)} is {options.QueueCapacity}; it must be at least 1.";
        }

        if (options.BatchSize < 1)
        {
            yield return $"{nameof(options.BatchSize)} is {options.BatchSize}; it must be at least 1.";
        }

        if (options.CacheCapacity < options.BatchSize)
        {
            yield return $"{nameof(options.CacheCapacity)} is {options.CacheCapacity}; it must be at least {nameof(options.BatchSize)}, which is {options.BatchSize}.";
        }

        if (options.PublishTimeout <= TimeSpan.Zero || options.PublishTimeout >= responseTimeout)
        {
            yield return $"{nameof(options.PublishTimeout)} is {options.PublishTimeout}; it must be greater than zero and shorter than the response timeout, which is {responseTimeout}.";
        }

        if (options.PollWait <= TimeSpan.Zero)
        {
            yield return $"{nameof(options.PollWait)} is {options.PollWait}; it must be greater than zero.";
        }

        if (options.DeliveryTimeout <= TimeSpan.Zero)
        {
            yield return $"{nameof(options.DeliveryTimeout)} is {options.DeliveryTimeout}; it must be greater than zero.";
        }

        if (!Enum.IsDefined(options.SlowConsumers))
        {
            yield return $"{nameof(options.SlowConsumers)} is {options.SlowConsumers}; it must be one of {string.Join(", ", Enum.GetNames<SlowConsumers>())}.";
        }
    }
}
