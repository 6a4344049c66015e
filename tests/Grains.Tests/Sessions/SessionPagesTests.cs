using Orleans.Storage;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Grains.Sessions;
using Xunit;

namespace TtsGrains.Grains.Tests.Sessions;

public sealed class SessionPagesTests
{
    private static readonly GrainId Session = GrainId.Create("session", "acme/s");

    private readonly DictionaryStorage _storage = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(40)]
    public async Task Read_WrittenPages_ComeInTheirOrder(int count)
    {
        var pages = new SessionPages(_storage, Session);
        for (var number = 1; number <= count; number++)
        {
            await pages.WriteAsync(number, [Context(number)]);
        }

        Assert.Equal(Enumerable.Range(1, count), await ReadOrdinalsAsync());
    }

    [Fact]
    public async Task Write_PageThatWasRead_ReplacesIt()
    {
        await new SessionPages(_storage, Session).WriteAsync(1, [Context(1)]);
        var pages = new SessionPages(_storage, Session);
        await pages.ReadAsync(_ => { });

        await pages.WriteAsync(1, [Context(1), Context(2)]);

        Assert.Equal([1, 2], await ReadOrdinalsAsync());
    }

    [Fact]
    public async Task Clear_Pages_LeavesNone()
    {
        var pages = new SessionPages(_storage, Session);
        await pages.WriteAsync(1, [Context(1)]);
        await pages.WriteAsync(2, [Context(2)]);

        await pages.ClearAsync();

        Assert.Empty(_storage.States);
        await pages.WriteAsync(1, [Context(7)]);
        Assert.Equal([7], await ReadOrdinalsAsync());
    }

    private async Task<List<int>> ReadOrdinalsAsync()
    {
        List<int> ordinals = [];
        await new SessionPages(_storage, Session).ReadAsync(page => ordinals.AddRange(page.Select(context => context.Ordinal)));
        return ordinals;
    }

    private static SessionContext Context(int ordinal) => new(ordinal, $"acme/s/c{ordinal}/1", IsOpen: true);

    /// <summary>Grain storage in memory that insists on the ETag, as the real ones do.</summary>
    private sealed class DictionaryStorage : IGrainStorage
    {
        public Dictionary<string, (object State, string ETag)> States { get; } = [];

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            grainState.RecordExists = States.TryGetValue(stateName, out var stored);
            grainState.State = grainState.RecordExists ? (T)stored.State : Activator.CreateInstance<T>();
            grainState.ETag = grainState.RecordExists ? stored.ETag : null;
            return Task.CompletedTask;
        }

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            Check(stateName, grainState);
            grainState.ETag = Guid.NewGuid().ToString();
            grainState.RecordExists = true;
            States[stateName] = (grainState.State!, grainState.ETag);
            return Task.CompletedTask;
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            Check(stateName, grainState);
            States.Remove(stateName);
            grainState.ETag = null;
            grainState.RecordExists = false;
            return Task.CompletedTask;
        }

        private void Check<T>(string stateName, IGrainState<T> grainState)
            => Assert.Equal(States.TryGetValue(stateName, out var stored) ? stored.ETag : null, grainState.ETag);
    }
}
