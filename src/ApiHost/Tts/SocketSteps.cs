using System.Diagnostics.CodeAnalysis;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.ApiHost.Tts;

/// <summary>Limits how much of one socket may wait for the grains before no more is read.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The semaphore has no handle to free, and the last steps end after the socket.")]
internal sealed class SocketSteps
{
    private const int MostUnderWay = 1024;

    private readonly SemaphoreSlim _underWay = new(MostUnderWay);

    public async ValueTask SubmitAsync(SocketContext context, ContextInput input)
    {
        await _underWay.WaitAsync();
        context.Submit(input);
    }

    public async ValueTask CancelAsync(SocketContext context)
    {
        await _underWay.WaitAsync();
        context.Cancel();
    }

    public async ValueTask FailAsync(SocketContext context, ContextFault fault)
    {
        await _underWay.WaitAsync();
        context.Fail(fault);
    }

    public void OnDone() => _underWay.Release();
}
