using System.Collections.Immutable;
using Orleans.Streams;
using TtsGrains.Testing;

namespace TtsGrains.PushStreams.Tests.Hosting;

/// <summary>Hears a stream of numbers and keeps them.</summary>
public sealed class Hearer : IAsyncObserver<int>
{
    private readonly Changes _changes = new();
    private readonly Func<int, Task>? _onNext;
    private ImmutableList<int> _received = [];
    private ImmutableList<Exception> _errors = [];

    /// <param name="onNext">What else is done with each number, before it counts as heard.</param>
    public Hearer(Func<int, Task>? onNext = null) => _onNext = onNext;

    public ImmutableList<int> Heard => _received;

    public ImmutableList<Exception> Errors => _errors;

    public async Task OnNextAsync(int item, StreamSequenceToken? token = null)
    {
        if (_onNext is not null)
        {
            await _onNext(item);
        }

        ImmutableInterlocked.Update(ref _received, heard => heard.Add(item));
        _changes.Note();
    }

    public Task OnCompletedAsync() => Task.CompletedTask;

    public Task OnErrorAsync(Exception ex)
    {
        ImmutableInterlocked.Update(ref _errors, errors => errors.Add(ex));
        _changes.Note();
        return Task.CompletedTask;
    }

    /// <summary>Completes when this has been heard.</summary>
    public Task UntilAsync(Func<Hearer, bool> condition) => _changes.WhenAsync(() => condition(this), TestContext.Current.CancellationToken);

    /// <summary>Completes when this number has been heard.</summary>
    public Task UntilAsync(int item) => UntilAsync(hearer => hearer.Heard.Contains(item));
}
