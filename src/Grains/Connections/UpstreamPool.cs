using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TtsGrains.Grains.Interfaces.Connections;

namespace TtsGrains.Grains.Connections;

/// <summary>
/// This silo's sockets to its upstreams: one is warm before the first context, the next is dialled before the last place is taken, and
/// idle ones are replaced before the provider would close them.
/// </summary>
public sealed partial class UpstreamPool(
    IGrainFactory grains,
    ILocalSiloDetails silo,
    IOptionsMonitor<UpstreamOptions> upstreams,
    TimeProvider time,
    ILogger<UpstreamPool> logger) : BackgroundService
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, UpstreamSockets> _upstreams = new(StringComparer.Ordinal);

    /// <summary>Whether the default upstream can be spoken to right now.</summary>
    public bool IsReady => Sockets(UpstreamOptions.Main).Count > 0;

    /// <summary>How many contexts hold a slot, over all upstreams.</summary>
    public int SlotsTaken => _upstreams.Values.Sum(sockets => sockets.SlotsTaken);

    /// <summary>Takes a slot for one context on a socket of that upstream, dialling when there is none.</summary>
    /// <exception cref="UpstreamUnavailableException">No connection can be had.</exception>
    internal async Task<ConnectionKey> AcquireAsync(string upstream)
    {
        var sockets = Sockets(upstream);
        while (true)
        {
            if (sockets.TryTakeSlot(out var key))
            {
                if (sockets.IsRunningOut)
                {
                    _ = Observe(sockets.DialAsync(DialAsync));
                }

                return key;
            }

            await sockets.DialAsync(DialAsync);
        }
    }

    /// <summary>An upstream context has come to its end.</summary>
    internal void OnSlotFree(ConnectionKey key) => Sockets(key.Upstream).FreeSlot(key);

    /// <summary>A socket has come to its end, and its slots with it.</summary>
    internal void OnClosed(ConnectionKey key) => Sockets(key.Upstream).Remove(key);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await KeepWarmAsync(stoppingToken);
        using var timer = new PeriodicTimer(upstreams.Get(UpstreamOptions.Main).IdleRecycle / 4, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await RecycleAsync();
            await KeepWarmAsync(stoppingToken);
        }
    }

    private async Task KeepWarmAsync(CancellationToken stoppingToken)
    {
        var sockets = Sockets(UpstreamOptions.Main);
        var delay = FirstRetry;
        while (sockets.Count == 0 && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                await sockets.DialAsync(DialAsync);
            }
            catch (UpstreamUnavailableException e)
            {
                LogUnavailable(logger, UpstreamOptions.Main, e.Message);
                await Task.Delay(delay, time, stoppingToken);
                delay = delay * 2 < LongestRetry ? delay * 2 : LongestRetry;
            }
        }
    }

    // The replacement is dialled first, so there is never a moment without a warm socket.
    private async Task RecycleAsync()
    {
        foreach (var sockets in _upstreams.Values)
        {
            while (sockets.FindIdle() is { } idle)
            {
                if (sockets.Count == 1 && !await Observe(sockets.DialAsync(DialAsync)))
                {
                    break;
                }

                if (sockets.TryRetire(idle))
                {
                    await Connection(idle).RetireAsync();
                }
            }
        }
    }

    // A silo that comes back under its name counts its sockets from 1 again; those of its former life may still be in the directory.
    private string Incarnation => string.Create(CultureInfo.InvariantCulture, $"{silo.Name}@{silo.SiloAddress.Generation}");

    private UpstreamSockets Sockets(string upstream)
        => _upstreams.GetOrAdd(upstream, name => new UpstreamSockets(name, Incarnation, upstreams.Get(name), time));

    private Task DialAsync(ConnectionKey key) => Connection(key).ConnectAsync();

    private IConnectionGrain Connection(ConnectionKey key) => grains.GetGrain<IConnectionGrain>(key.ToString());

    private async Task<bool> Observe(Task dial)
    {
        try
        {
            await dial;
            return true;
        }
        catch (UpstreamUnavailableException e)
        {
            LogUnavailable(logger, UpstreamOptions.Main, e.Message);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No new connection to upstream {Upstream}: {Reason}")]
    private static partial void LogUnavailable(ILogger logger, string upstream, string reason);
}
