using System.Collections.Concurrent;
using System.Threading.Channels;

namespace TtsGrains.Engine.Tests.Hosting;

/// <summary>What happened to one grain, in order, across its activations.</summary>
public sealed class Journal
{
    private static readonly ConcurrentDictionary<string, Journal> All = new();

    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();

    public static Journal Of(string key) => All.GetOrAdd(key, _ => new Journal());

    public void Add(string what) => _events.Writer.TryWrite(what);

    public async Task<string> NextAsync()
        => await _events.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    public async Task ExpectAsync(params string[] expected)
    {
        foreach (var what in expected)
        {
            Assert.Equal(what, await NextAsync());
        }
    }

    /// <summary>What is there now, without waiting.</summary>
    public IReadOnlyList<string> Drain()
    {
        var all = new List<string>();
        while (_events.Reader.TryRead(out var what))
        {
            all.Add(what);
        }

        return all;
    }
}
