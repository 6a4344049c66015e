using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Interfaces.Upstreams;
using TtsGrains.Grains.Upstreams;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Grains.Tests.Upstreams;

/// <summary>
/// Silos and the grain of one upstream, with everything between them coming late, in any order, twice or not at all; silos die, and the grain does and
/// forgets all. Whatever happens, never more contexts than allowed have a place; and when it calms down, everyone is served.
/// </summary>
public sealed class LeaseNetworkTests
{
    private const int Most = 4;
    private const int Steps = 5_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void AnythingGoesWrong_NeverTooManyAndNobodyIsForgotten(int seed)
    {
        var world = new World(new Random(seed));
        for (var step = 0; step < Steps; step++)
        {
            world.Go();
            Assert.InRange(world.Used, 0, Most);
        }

        world.CalmDown();
        Assert.Equal(0, world.Waiting);
        Assert.InRange(world.Served, Steps / 50, Steps);
    }

    private sealed class World
    {
        // So slow that no silo is silent for the length of a lease, and so fast that the grain is now and then.
        private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

        private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        private readonly Roster _roster = new();
        private readonly List<Silo> _silos = [];
        private readonly List<Action> _onTheWay = [];
        private readonly Random _random;
        private LeaseBook _book;
        private Guid _epoch;
        private int _born;

        public World(Random random)
        {
            _random = random;
            _book = NewBook();
            for (var i = 0; i < 3; i++)
            {
                AddSilo();
            }
        }

        public int Used => _silos.Sum(silo => silo.Used);

        public int Waiting => _silos.Sum(silo => silo.Tickets.Count);

        public int Served { get; private set; }

        public void Go()
        {
            _time.Advance(Step);
            var silo = _silos[_random.Next(_silos.Count)];
            switch (_random.Next(1000))
            {
                case < 200 when silo.Tickets.Count < 5:
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
                case < 475:
                    Kill(silo);
                    break;
                case < 480:
                    _book = NewBook();
                    break;
                default:
                    DeliverOne();
                    break;
            }

            // Not at once: a socket may have to be dialled first.
            Served += _silos[_random.Next(_silos.Count)].UseGranted();
        }

        public void CalmDown()
        {
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
                    Assert.InRange(Used, 0, Most);
                    silo.Free(silo.Used);
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

        private void Send(Silo silo)
        {
            var (claim, saidAt) = (silo.Wishes.Claim(silo.Used), _time.GetTimestamp());
            _onTheWay.Add(() => Hear(silo, claim, saidAt));
        }

        private void Hear(Silo sender, LeaseClaim claim, long saidAt)
        {
            var epoch = _epoch;
            foreach (var granted in _book.Hear(claim, _roster))
            {
                if (granted.Key != sender.Name)
                {
                    var silo = _silos.Single(silo => silo.Name == granted.Key);
                    _onTheWay.Add(() => silo.Wishes.Grant(epoch, [.. granted]));
                }
            }

            var answer = _book.AnswerTo(claim);
            _onTheWay.Add(() => sender.Wishes.Take(claim, saidAt, answer));
        }

        private void Kill(Silo silo)
        {
            _silos.Remove(silo);
            _roster.Kill(silo.Name);
            AddSilo();
        }

        private void AddSilo()
        {
            var silo = new Silo($"silo{++_born}", _time);
            _silos.Add(silo);
            _roster.Add(silo.Name);
        }

        private LeaseBook NewBook() => new(_epoch = Guid.NewGuid(), Most, _time);
    }

    private sealed class Silo(string name, TimeProvider time)
    {
        public string Name => name;

        public LeaseWishes Wishes { get; } = new(name, time);

        public List<SlotTicket> Tickets { get; } = [];

        public int Used { get; private set; }

        public void Free(int count)
        {
            Used -= count;
            Wishes.Free(count);
        }

        public void Ask(string tenant)
        {
            var ticket = new SlotTicket(new SlotRequest(tenant, ["main"], Since: 0, OutageTimeout: TimeSpan.Zero, default), []);
            Tickets.Add(ticket);
            Wishes.Want(ticket);
        }

        public void GiveUp(Random random)
        {
            if (Tickets.Count > 0)
            {
                var ticket = Tickets[random.Next(Tickets.Count)];
                Tickets.Remove(ticket);
                Wishes.Drop(ticket);
            }
        }

        public int UseGranted()
        {
            var before = Used;
            foreach (var ticket in Tickets.ToList())
            {
                if (Wishes.StateOf(Wishes.Want(ticket)) == LeaseState.Granted)
                {
                    Tickets.Remove(ticket);
                    Wishes.Use(ticket);
                    Used++;
                }
            }

            return Used - before;
        }
    }
}
