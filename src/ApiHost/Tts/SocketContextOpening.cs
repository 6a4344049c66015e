using TtsGrains.ApiHost.Contexts;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Grains.Tenants;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Tts;

/// <summary>Opens one context, if its tenant has room for it.</summary>
internal sealed class SocketContextOpening(ContextKey key, IContextHandle handle, ISocketContextOwner owner, TenantAdmission admission, PendingCancels cancels)
{
    /// <returns>Null, or why it could not be opened.</returns>
    public async Task<ContextFault?> OpenAsync(ContextSettings requested, ContextInput first, Task<SessionPlace>? place)
    {
        var cancelsBefore = cancels.All;
        var cutsIn = !cancelsBefore.IsCompleted;
        var (settings, fault) = await owner.FindPronunciationsAsync(requested);
        fault ??= await TryOpenAsync(settings, first, place);
        if (cutsIn && fault?.StatusCode == StatusCodes.Status429TooManyRequests)
        {
            // A client that cuts in gives up a slot and takes one in the same breath: the place it made is its own.
            await cancelsBefore;
            fault = await TryOpenAsync(settings, first, place);
        }

        return fault;
    }

    // One that is refused here touches no grain.
    private async Task<ContextFault?> TryOpenAsync(ContextSettings settings, ContextInput first, Task<SessionPlace>? place)
    {
        if (admission.Admit(key) is > 0 and var limit)
        {
            return ContextFault.From(ErrorCatalogue.TooManyContexts(limit));
        }

        var isOpen = false;
        try
        {
            var fault = await handle.OpenAsync(settings, first, place);
            isOpen = fault is null;
            return fault;
        }
        finally
        {
            if (!isOpen)
            {
                admission.Release(key);
            }
        }
    }
}
