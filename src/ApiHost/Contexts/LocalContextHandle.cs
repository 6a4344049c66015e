using TtsGrains.Grains.Contexts;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.ApiHost.Contexts;

/// <summary>A context that lives in this process: its log is read directly, and they end together.</summary>
internal sealed class LocalContextHandle(ContextKey key, IContextGrain grain, ILocalContexts contexts, ContextLogs logs) : IContextHandle
{
    private ContextLog? _log;
    private int _epoch;

    public IContextFrames Frames => _log ?? throw new InvalidOperationException("The context is not open in this process.");

    public async Task<ContextFault?> OpenAsync(ContextSettings settings, ContextInput first, Task<SessionPlace>? place = null)
    {
        var opened = contexts.OpenAsync(key, settings, first, place);
        _log = logs.Find(key.ToString());
        return await opened;
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
