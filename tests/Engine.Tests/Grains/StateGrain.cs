namespace TtsGrains.Engine.Tests.Grains;

[GenerateSerializer]
public sealed class Tally
{
    [Id(0)]
    public int Count { get; set; }

    [Id(1)]
    public List<string> Names { get; set; } = [];
}

[GenerateSerializer, Immutable]
public sealed record TallyView([property: Id(0)] int Count, [property: Id(1)] string Names, [property: Id(2)] bool Exists, [property: Id(3)] string? Other);

public interface IStateGrain : IGrainWithStringKey
{
    Task AddAsync(string name, bool write);

    Task SetOtherAsync(string name);

    Task<TallyView> ViewAsync();

    Task ClearAsync();

    Task DeactivateAsync();
}

public sealed class StateGrain(
    [PersistentState("tally", "store")] IPersistentState<Tally> tally,
    [PersistentState("other")] IPersistentState<Tally> other) : Grain, IStateGrain
{
    public async Task AddAsync(string name, bool write)
    {
        tally.State.Count++;
        tally.State.Names.Add(name);
        if (write)
        {
            await tally.WriteStateAsync();
        }
    }

    public Task SetOtherAsync(string name)
    {
        other.State.Names = [name];
        return other.WriteStateAsync();
    }

    public Task<TallyView> ViewAsync()
        => Task.FromResult(new TallyView(tally.State.Count, string.Join(',', tally.State.Names), tally.RecordExists, other.State.Names.SingleOrDefault()));

    public Task ClearAsync() => tally.ClearStateAsync();

    public Task DeactivateAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
