using TtsGrains.Grains.Contexts;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.ApiHost.Contexts;

/// <summary>A context that lives in this process: its log is read directly, and they end together.</summary>
internal sealed class LocalContextHandle(ContextKey key, IContextGrain grain, ContextLogs logs) : IContextHandle
{
    private ContextLog? _log;
    private int _epoch;

    public IContextFrames Frames => _log ?? throw new InvalidOperationException("The context is not open in this process.");

    public async Task<ContextFault?> OpenAsync(ContextTerms terms, ContextInput first)
    {
        var fault = await grain.OpenAsync(terms, first);
        _log = logs.Find(key.ToString());
        return fault;
    }

    public async Task<OwnerSeat?> AttachAsync(int? from)
    {
        if (await grain.AttachAsync(from) is not { } seat || logs.Find(key.ToString()) is not { } log)
        {
            return null;
        }

        (_log, _epoch) = (log, seat.Epoch);
        return seat;
    }

    public Task<ContextFault?> PushAsync(ContextInput input) => grain.PushAsync(input, _epoch);

    public Task CancelAsync(int delivered) => grain.CancelAsync(delivered);

    public Task FailAsync(ContextFault fault) => grain.FailAsync(fault);

    public Task LeaveAsync() => grain.OnOwnerLostAsync(_epoch);
}
