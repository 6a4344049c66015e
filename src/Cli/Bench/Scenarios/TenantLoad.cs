using System.Collections.Concurrent;
using TtsGrains.Cli.Bench.Load;
using TtsGrains.Cli.Bench.Processes;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Cli.Bench.Scenarios;

/// <summary>The calls of one tenant: a number of slots, each of which opens the next context when the last has ended or was refused.</summary>
internal sealed class TenantLoad : IAsyncDisposable
{
    /// <summary>The chunks of a short call: many first audios in little time.</summary>
    public const int ShortCall = 5;

    /// <summary>The chunks of a long call, which keeps what it has.</summary>
    public const int LongCall = 20;

    private const int TooManyRequests = 429;

    private readonly List<LoadSocket> _sockets;
    private readonly ConcurrentBag<LoadContext> _ended = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _slots = Task.CompletedTask;
    private int _spoken;
    private int _refused;

    private TenantLoad(List<LoadSocket> sockets) => _sockets = sockets;

    /// <summary>Gets the number of contexts that have spoken.</summary>
    public int Spoken => Volatile.Read(ref _spoken);

    /// <summary>Gets the number of contexts that were refused with 429.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Gets the time from push to first chunk of each context that has spoken.</summary>
    public TimeSpan[] FirstAudio => [.. _ended.Select(context => context.FirstAudio).OfType<TimeSpan>()];

    /// <param name="target">The service, with the tenant's key.</param>
    /// <param name="slots">The number of contexts that it wants to have open.</param>
    /// <param name="chunks">The chunks of each.</param>
    /// <param name="format">The format of the audio.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<TenantLoad> StartAsync(BenchTarget target, int slots, int chunks, AudioFormat format, CancellationToken cancellationToken)
    {
        var load = new TenantLoad(await LoadSocket.ConnectAsync(target, LoadShape.SocketsFor(slots), cancellationToken));
        load._slots = Task.WhenAll(Enumerable.Range(0, slots).Select(slot => Task.Run(() => load.RunSlotAsync(load._sockets[slot % load._sockets.Count], chunks, format), cancellationToken)));
        return load;
    }

    /// <summary>Opens no further context and waits until those that speak have ended.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _slots;
    }

    /// <summary>Gets the rules that were violated.</summary>
    /// <param name="refusals">True if a refusal is one.</param>
    public IEnumerable<string> ViolationsOf(bool refusals)
        => _ended.Where(context => refusals || !IsRefused(context)).Select(context => context.Violation).Concat(_sockets.Select(socket => socket.Violation)).OfType<string>();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _sockets.ForEach(socket => socket.Dispose());
        _stop.Dispose();
    }

    private static bool IsRefused(LoadContext context) => context.Error is { StatusCode: TooManyRequests };

    private async Task RunSlotAsync(LoadSocket socket, int chunks, AudioFormat format)
    {
        while (!_stop.IsCancellationRequested)
        {
            var context = new LoadContext(socket.NextNumber(), chunks, format);
            await socket.SpeakAsync(context, CancellationToken.None);
            await LoadRound.EndAsync([context], LoadRound.Timeout, CancellationToken.None);
            Interlocked.Increment(ref IsRefused(context) ? ref _refused : ref _spoken);
            _ended.Add(context);
            if (context.Violation is not null && !IsRefused(context))
            {
                // A lost socket would be retried without end.
                return;
            }
        }
    }
}
