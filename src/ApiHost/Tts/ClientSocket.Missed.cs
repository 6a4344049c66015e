using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Tts;

/// <content>Inputs that crossed with the end of their context.</content>
internal sealed partial class ClientSocket
{
    /// <summary>Inputs crossed with the <c>done</c> of their context, which had expired: the next context of that id says them.</summary>
    /// <param name="ended">The context that is over.</param>
    /// <param name="settings">What it was opened with.</param>
    /// <param name="inputs">What it did not say.</param>
    public void OnMissed(SocketContext ended, ContextSettings settings, IReadOnlyList<ContextInput> inputs)
    {
        if (FindOrOpenNext(ended.Key.Context, settings) is { } next)
        {
            _ = SubmitAsync(next, inputs);
        }
        else
        {
            Refuse(ErrorCatalogue.ShuttingDown, ended.Key.Context, hasMore: !inputs[^1].IsLast);
        }
    }

    private SocketContext? FindOrOpenNext(string contextId, ContextSettings settings)
    {
        if (_contexts.Find(contextId) is { } open)
        {
            return open;
        }

        if (_contexts.IsStopping)
        {
            return null;
        }

        var next = Create(contextId, settings);
        if (!_contexts.TryAdd(next, isNumbered: false))
        {
            return _contexts.Find(contextId);
        }

        ClaimPlace(next, isNumbered: false);
        return next;
    }

    private async Task SubmitAsync(SocketContext context, IReadOnlyList<ContextInput> inputs)
    {
        foreach (var input in inputs)
        {
            if (input.IsLast)
            {
                _contexts.OnLastInput(context);
            }

            await _stepsUnderWay.WaitAsync();
            context.Submit(input);
        }
    }
}
