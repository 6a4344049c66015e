using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Grains.Sessions;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Grains.Tests.Sessions;

public sealed class OwnerRecallTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly SessionOwners _owners = new();
    private readonly OwnerRecall _recall;
    private Func<Task<int>> _directory = () => Task.FromResult(1);
    private Func<CancellationToken, Task>? _askAgain;
    private int _asked;

    public OwnerRecallTests()
        => _recall = new OwnerRecall(_owners, AskAsync, RegisterTimer, _time);

    private bool AreThere => _owners.AreThere(_time.GetUtcNow());

    [Fact]
    public async Task Client_ThatTheDirectoryLists_IsThereForAsLongAsItDoes()
    {
        await _recall.RecallAsync(wasLive: false);
        for (var check = 0; check < 3; check++)
        {
            Assert.True(AreThere);
            await PassAsync();
        }

        _directory = () => Task.FromResult(0);
        await PassAsync();
        await PassAsync();

        Assert.False(AreThere);
        Assert.Null(_askAgain);
    }

    [Theory]
    [InlineData(1, 0, false)]
    [InlineData(1, 30, true)]
    [InlineData(2, 0, true)]
    public async Task Client_ThatLeaves_EndsTheSessionIfItIsTheLastAndDoesNotComeBack(int clients, int patienceSeconds, bool isLive)
    {
        _directory = () => Task.FromResult(clients);
        await _recall.RecallAsync(wasLive: false);

        Assert.False(_owners.Remove("forgotten", _time.GetUtcNow()));
        await _recall.OnForgottenClientLeftAsync(TimeSpan.FromSeconds(patienceSeconds));

        Assert.Equal(isLive, AreThere);
    }

    [Fact]
    public async Task Session_WithoutAClient_IsAskedAfterUntilTheHostsHaveReported()
    {
        _directory = () => Task.FromResult(0);
        await _recall.RecallAsync(wasLive: false);
        _time.Advance(SessionLease.Length);

        await _recall.RecallAsync(wasLive: false);
        await _recall.RecallAsync(wasLive: false);

        Assert.False(AreThere);
        Assert.Equal(2, _asked);
        Assert.Null(_askAgain);
    }

    /// <summary>Session and directory were on the silo that was lost, and the session is looked at before the hosts have reported again.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Session_LookedAtBeforeTheHostsHaveReported_IsNotOverForGood(bool isListenedTo)
    {
        _directory = () => Task.FromResult(0);
        await _recall.RecallAsync(wasLive: false);
        _directory = () => Task.FromResult(isListenedTo ? 0 : 1);

        await _recall.RecallAsync(wasLive: isListenedTo);

        Assert.True(AreThere);
        _directory = () => Task.FromResult(1);
        await PassAsync();
        await PassAsync();
        await PassAsync();
        await PassAsync();
        Assert.True(AreThere);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public async Task Client_ThatCameAndLeft_LeavesTheSessionToThoseBeforeIt(int clients, bool isLive)
    {
        _directory = () => Task.FromResult(clients);
        _owners.Add("second");
        Assert.True(_owners.Remove("second", _time.GetUtcNow()));

        await _recall.OnLastKnownClientLeftAsync();

        Assert.Equal(isLive, AreThere);
    }

    /// <summary>The directory still lists a client that has just left: its host reports that later.</summary>
    [Fact]
    public async Task Session_WhoseKnownClientLeft_IsOver()
    {
        _owners.Add("known");
        Assert.True(_owners.Remove("known", _time.GetUtcNow()));

        await _recall.RecallAsync(wasLive: true);

        Assert.False(AreThere);
        Assert.Equal(0, _asked);
    }

    [Fact]
    public async Task Session_ThatWasLive_StaysSoUntilTheHostsHaveReported()
    {
        _directory = () => Task.FromResult(0);

        await _recall.RecallAsync(wasLive: true);

        await PassAsync();
        await PassAsync();
        Assert.True(AreThere);
        await PassAsync();
        Assert.False(AreThere);
        Assert.Null(_askAgain);
    }

    [Fact]
    public async Task Directory_ThatCannotBeAsked_IsAskedAgain()
    {
        _directory = () => throw new InvalidOperationException("Its silo is lost.");

        await _recall.RecallAsync(wasLive: false);

        Assert.True(AreThere);
        Assert.NotNull(_askAgain);
    }

    [Fact]
    public async Task Client_ThatIsKnown_NeedsNoDirectory()
    {
        _owners.Add("socket");

        await _recall.RecallAsync(wasLive: true);

        Assert.Equal(0, _asked);
    }

    private async Task PassAsync()
    {
        _time.Advance(SessionLease.Renewal);
        await (_askAgain?.Invoke(CancellationToken.None) ?? Task.CompletedTask);
    }

    private Task<int> AskAsync()
    {
        _asked++;
        return _directory();
    }

    private Timer RegisterTimer(Func<CancellationToken, Task> callback, TimeSpan period)
    {
        Assert.Equal(SessionLease.Renewal, period);
        _askAgain = callback;
        return new Timer(this);
    }

    private sealed class Timer(OwnerRecallTests test) : IGrainTimer
    {
        public void Change(TimeSpan dueTime, TimeSpan period)
        {
        }

        public void Dispose() => test._askAgain = null;
    }
}
