using TtsGrains.Engine.Tests.Grains;
using TtsGrains.Engine.Tests.Hosting;

namespace TtsGrains.Engine.Tests.Contract;

public sealed class StateTests(SharedHost host)
{
    private readonly IStateGrain _grain = host.Engine.Grain<IStateGrain>();

    [Fact]
    public async Task State_NeverWritten_IsFresh() => Assert.Equal(new TallyView(0, "", Exists: false, Other: null), await _grain.ViewAsync());

    [Fact]
    public async Task State_Written_OutlivesTheActivation_AndUnwrittenChangesDoNot()
    {
        await _grain.AddAsync("a", write: true);
        await _grain.AddAsync("b", write: true);
        await _grain.AddAsync("c", write: false);
        Assert.Equal(3, (await _grain.ViewAsync()).Count);

        await _grain.DeactivateAsync();

        Assert.Equal(new TallyView(2, "a,b", Exists: true, Other: null), await _grain.ViewAsync());
    }

    [Fact]
    public async Task States_OfOneGrain_InTwoStores_AreApart()
    {
        await _grain.AddAsync("a", write: true);
        await _grain.SetOtherAsync("z");

        await _grain.DeactivateAsync();

        Assert.Equal(new TallyView(1, "a", Exists: true, Other: "z"), await _grain.ViewAsync());
    }

    [Fact]
    public async Task State_Cleared_IsFreshAgain_AndCanBeWrittenAgain()
    {
        await _grain.AddAsync("a", write: true);

        await _grain.ClearAsync();
        Assert.False((await _grain.ViewAsync()).Exists);
        await _grain.AddAsync("b", write: true);
        await _grain.DeactivateAsync();

        Assert.Equal(new TallyView(1, "b", Exists: true, Other: null), await _grain.ViewAsync());
    }
}
