using TtsGrains.Grains.Interfaces.Upstreams;
using TtsGrains.Grains.Upstreams;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Grains.Tests.Upstreams;

/// <summary>Silos and the grain of one upstream, and between them a network that delivers late, in any order, twice or not at all.</summary>
internal sealed class LeaseNetwork
{
    public const int MostContexts = 4;

    private static readonly TimeSpan Detection = LeaseSilo.Standstill + TimeSpan.FromSeconds(1);

    // So slow that no silo is silent for the length of a lease, and so fast that the grain is now and then.
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly Roster _roster = new();
    private readonly List<LeaseSilo> _silos = [];
    private readonly List<Action> _onTheWay = [];
    private readonly Random _random;
    private LeaseBook _book;
    private Guid _epoch;
    private int _born;

    public LeaseNetwork(Random random)
    {
        _random = random;
        _book = NewBook();
        for (var i = 0; i < 3; i++)
        {
            AddSilo();
        }
    }

    public int Used => _silos.Sum(silo => silo.Speaking);

    public int Waiting => _silos.Where(silo => !silo.IsDead).Sum(silo => silo.Waiting.Count);

    public int Served { get; private set; }

    public void Go()
    {
        _time.Advance(Step);
        Thaw();
        if (_random.Next(100) == 0)
        {
            _silos.RemoveAll(silo => silo is { IsDead: true, IsFrozen: false });
        }

        var silo = Awake();
        switch (_random.Next(1000))
        {
            case < 200 when silo.Waiting.Count < 5:
                silo.Ask(_random.Next(2) == 0 ? "acme" : "bolt");
                break;
            case < 225:
                silo.GiveUp(_random);
                break;
            case < 290:
                silo.Free(silo.Used > 0 ? 1 : 0);
                break;
            case < 470:
                Send(silo);
                break;
            case < 475 when !silo.IsDead:
                Kill(silo);
                break;
            case < 480:
                _book = NewBook();
                break;
            case < 481 when _silos.TrueForAll(other => !other.IsFrozen && !other.IsDead):
                silo.Freeze(_time.GetTimestamp(), TimeSpan.FromSeconds(5 + _random.Next(7)));
                break;
            default:
                DeliverOne();
                break;
        }

        // Not at once: a socket may have to be dialled first.
        Served += Awake().UseGranted();
    }

    public void CalmDown()
    {
        _time.Advance(UpstreamLease.Length * 2);
        Thaw();
        _silos.RemoveAll(silo => silo.IsDead);
        for (var i = 0; i < 100; i++)
        {
            foreach (var silo in _silos)
            {
                Send(silo);
            }

            while (_onTheWay.Count > 0)
            {
                Deliver(0);
            }

            foreach (var silo in _silos)
            {
                Served += silo.UseGranted();
                Assert.InRange(Used, 0, MostContexts);
                silo.Free(silo.Used);
            }
        }
    }

    private LeaseSilo Awake()
    {
        var awake = _silos.Where(silo => !silo.IsFrozen).ToList();
        return awake[_random.Next(awake.Count)];
    }

    // What it sees first is left to chance: the ends of its contexts, which came meanwhile, a grant, or the time.
    private void Thaw()
    {
        foreach (var silo in _silos.Where(silo => silo.IsFrozen).ToList())
        {
            var elapsed = _time.GetElapsedTime(silo.FrozenAt!.Value);
            if (elapsed >= Detection && !silo.IsDead && silo.MayDie)
            {
                // The others take it for dead, and give its leases away. It does not know that when it wakes up.
                silo.IsDead = true;
                _roster.Kill(silo.Name);
                AddSilo();
            }

            if (elapsed >= silo.FrozenFor)
            {
                silo.Thaw();
                if (_random.Next(2) == 0)
                {
                    silo.Free(silo.Used);
                }
            }
        }

        foreach (var silo in _silos.Where(silo => !silo.IsFrozen))
        {
            if (_random.Next(4) == 0)
            {
                silo.Leases.Beat();
            }
        }
    }

    private void DeliverOne()
    {
        if (_onTheWay.Count == 0)
        {
            return;
        }

        var one = _random.Next(_onTheWay.Count);
        switch (_random.Next(10))
        {
            case 0:
                _onTheWay.RemoveAt(one);
                break;
            case 1:
                _onTheWay[one]();
                break;
            default:
                Deliver(one);
                break;
        }
    }

    private void Deliver(int one)
    {
        var message = _onTheWay[one];
        _onTheWay.RemoveAt(one);
        message();
    }

    private void Send(LeaseSilo silo)
    {
        var (claim, saidAt) = (silo.Claim(), _time.GetTimestamp());
        _onTheWay.Add(() => Accept(silo, claim, saidAt));
    }

    private void Accept(LeaseSilo sender, LeaseClaim claim, long saidAt)
    {
        var epoch = _epoch;
        foreach (var granted in _book.Accept(claim, _roster))
        {
            if (granted.Key != sender.Name)
            {
                if (_silos.Find(silo => silo.Name == granted.Key) is not { } silo)
                {
                    continue;
                }

                SendTo(silo, () => silo.Leases.Grant(epoch, [.. granted]));
            }
        }

        var answer = _book.AnswerTo(claim);
        SendTo(sender, () => sender.Leases.Take(claim, saidAt, answer));
    }

    // What comes to a silo that stands still waits there.
    private void SendTo(LeaseSilo silo, Action receive) => _onTheWay.Add(() =>
    {
        if (silo.IsFrozen)
        {
            SendTo(silo, receive);
        }
        else
        {
            receive();
        }
    });

    private void Kill(LeaseSilo silo)
    {
        _silos.Remove(silo);
        _roster.Kill(silo.Name);
        AddSilo();
    }

    private void AddSilo()
    {
        var silo = new LeaseSilo($"silo{++_born}", _time);
        _silos.Add(silo);
        _roster.Add(silo.Name);
    }

    private LeaseBook NewBook() => new(_epoch = Guid.NewGuid(), MostContexts, new Shares(), _time);
}
