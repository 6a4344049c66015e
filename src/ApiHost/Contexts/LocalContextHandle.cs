using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.ApiHost.Contexts;

/// <summary>A context that lives in this process: its log is read directly, and they end together.</summary>
internal sealed class LocalContextHandle(ContextKey key, IContextGrain grain, ContextLogs logs) : IContextHandle
{
    private ContextLog? _log;
    private int _epoch;

    public IContextFrames Frames => _log ?? throw new InvalidOperationException("The context is not open in this process.");

    public async Task<ContextFault?> OpenAsync(ContextSettings settings, ContextInput first, PlaceClaim? claim = null)
    {
        var fault = await grain.OpenAsync(settings, first, owner: null, claim);
        _log = logs.Find(key.ToString());
        return fault;
    }

    public async Task<AttachResult?> AttachAsync(int? from)
    {
        if (await grain.AttachAsync(from) is not { } attached || logs.Find(key.ToString()) is not { } log)
        {
            return null;
        }

        (_log, _epoch) = (log, attached.Epoch);
        return attached;
    }

    public Task<ContextFault?> PushAsync(ContextInput input) => grain.PushAsync(input, _epoch);

    public Task CancelAsync(int delivered, double? playedMs = null) => grain.CancelAsync(delivered, playedMs);

    public Task FailAsync(ContextFault fault) => grain.FailAsync(fault);

    public Task LeaveAsync() => grain.OnOwnerLostAsync(_epoch);
}
