using TtsGrains.Grains.Interfaces.Upstreams;
using TtsGrains.Grains.Upstreams;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Grains.Tests.Upstreams;

/// <summary>
/// Silos and the grain of one upstream, with everything between them coming late, in any order, twice or not at all; silos die or stand still for longer than
/// their leases last, and the grain dies and forgets all. Whatever happens, never more contexts than allowed have a place; and when it calms down, everyone is served.
/// </summary>
public sealed class LeaseNetworkTests
{
    private const int Most = 4;
    private const int Steps = 10_000;

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
        Assert.InRange(world.Served, Steps / 100, Steps);
    }

    private static readonly TimeSpan Standstill = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Detection = Standstill + TimeSpan.FromSeconds(1);

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
                    Assert.InRange(Used, 0, Most);
                    silo.Free(silo.Used);
                }
            }
        }

        private Silo Awake()
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

        private void Send(Silo silo)
        {
            var (claim, saidAt) = (silo.Claim(), _time.GetTimestamp());
            _onTheWay.Add(() => Accept(silo, claim, saidAt));
        }

        private void Accept(Silo sender, LeaseClaim claim, long saidAt)
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
        private void SendTo(Silo silo, Action receive) => _onTheWay.Add(() =>
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

        private LeaseBook NewBook() => new(_epoch = Guid.NewGuid(), Most, new Shares(), _time);
    }

    private sealed class Silo(string name, TimeProvider time)
    {
        public string Name => name;

        public LeaseClient Leases { get; } = new(name, Standstill, time);

        public List<Waiter> Waiting { get; } = [];

        /// <summary>What it believes to have at the upstream.</summary>
        public int Used { get; private set; }

        /// <summary>What it has there: the contexts of one that stands still come to their end.</summary>
        public int Speaking { get; private set; }

        public long? FrozenAt { get; private set; }

        public bool IsFrozen => FrozenAt is not null;

        public TimeSpan FrozenFor { get; private set; }

        /// <summary>Whether the others will take it for dead when it stands still.</summary>
        public bool MayDie { get; private set; }

        /// <summary>Whether the others take it for dead.</summary>
        public bool IsDead { get; set; }

        public void Freeze(long at, TimeSpan duration) => (FrozenAt, FrozenFor, MayDie, Speaking) = (at, duration, duration.Ticks / TimeSpan.TicksPerSecond % 2 == 0, 0);

        public void Thaw() => FrozenAt = null;

        /// <summary>Claims; leases whose term has passed end before, with their contexts.</summary>
        public LeaseClaim Claim()
        {
            Leases.Beat();
            if (Leases.TryLapse())
            {
                (Used, Speaking) = (0, 0);
            }

            return Leases.Claim(Used == 0 ? [] : [new HeldLeases("acme", Used)]);
        }

        public void Free(int count)
        {
            Used -= count;
            Speaking -= Math.Min(Speaking, count);
            Leases.Free(count);
        }

        public void Ask(string tenant)
        {
            var waiter = new Waiter(tenant);
            Waiting.Add(waiter);
            Leases.Request(waiter);
        }

        public void GiveUp(Random random)
        {
            if (Waiting.Count > 0)
            {
                var waiter = Waiting[random.Next(Waiting.Count)];
                Waiting.Remove(waiter);
                Leases.Drop(waiter);
            }
        }

        public int UseGranted()
        {
            var before = Used;
            foreach (var waiter in Waiting.ToList())
            {
                if (Leases.StateOf(Leases.Request(waiter)) == LeaseState.Granted)
                {
                    Waiting.Remove(waiter);
                    Leases.Use(waiter);
                    Used++;
                    Speaking++;
                }
            }

            return Used - before;
        }
    }
}
