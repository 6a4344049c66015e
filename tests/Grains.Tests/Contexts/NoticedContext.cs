using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Grains.Tests.Contexts;

/// <summary>A context that only collects what its upstream reports.</summary>
internal sealed class NoticedContext : IContextGrain
{
    public List<UpstreamNotice> Notices { get; } = [];

    public Task OnUpstreamAsync(UpstreamNotice notice)
    {
        Notices.Add(notice);
        return Task.CompletedTask;
    }

    public Task<ContextFault?> OpenAsync(ContextSettings settings, ContextInput first, ContextOwner? owner) => throw new NotSupportedException();

    public Task ActivateAsync() => throw new NotSupportedException();

    public Task<ContextFault?> PushAsync(ContextInput input, int epoch, int number) => throw new NotSupportedException();

    public Task CancelAsync(int? delivered, double? playedMs) => throw new NotSupportedException();

    public Task ReportPlayedAsync(double playedMs) => throw new NotSupportedException();

    public Task EraseAsync() => throw new NotSupportedException();

    public Task<ContextActivity> GetActivityAsync() => throw new NotSupportedException();

    public Task FailAsync(ContextFault fault) => throw new NotSupportedException();

    public Task<bool> OnOwnerLostAsync(int epoch, int? written) => throw new NotSupportedException();

    public Task<RestoreResult> RestoreAsync(RestoreRequest request, ContextOwner? owner) => throw new NotSupportedException();

    public Task<ContextSnapshot?> MoveAsync() => throw new NotSupportedException();

    public Task RestoreFramesAsync(FrameBatch frames) => throw new NotSupportedException();

    public Task<AttachResult?> AttachAsync(int? from, ContextOwner? owner) => throw new NotSupportedException();

    public Task<FrameBatch?> ReadAsync(int from, int maxFrames) => throw new NotSupportedException();

    public Task<bool> SetAudienceAsync(bool hasListeners) => throw new NotSupportedException();
}
