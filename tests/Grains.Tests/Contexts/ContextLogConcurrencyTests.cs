using System.Text.Json;
using System.Threading.Channels;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Wakeups;
using TtsGrains.Protocol.Frames;
using Xunit;

namespace TtsGrains.Grains.Tests.Contexts;

public sealed class ContextLogConcurrencyTests
{
    private const int Chunks = 2000;

    /// <summary>One socket appends, the grain counts flushes, several readers follow: each sees every frame once, whole and in order.</summary>
    [Fact]
    public async Task Readers_WhileOthersAppend_SeeEveryFrameOnceInOrder()
    {
        var log = new LogFixture();
        var readers = Enumerable.Range(0, 3).Select(_ => new Follower(log.Log)).Select(follower => follower.ReadToEndAsync()).ToArray();

        var appending = Task.Run(() =>
        {
            for (var i = 0; i < Chunks; i++)
            {
                log.AppendChunk(Convert.ToBase64String(BitConverter.GetBytes(i)));
                if (i % 10 == 0)
                {
                    log.Log.CompleteFlush(0);
                }
            }
        }, TestContext.Current.CancellationToken);
        var flushing = Task.Run(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                log.Log.ExpectFlush(isSpoken: i % 3 > 0);
            }
        }, TestContext.Current.CancellationToken);
        await Task.WhenAll(appending, flushing);
        log.Log.CompleteFlushes();
        log.Log.Close(ContextOutcome.Done, null, LogFixture.ContextId, "request-1");

        foreach (var frames in await Task.WhenAll(readers).WaitAsync(TestContext.Current.CancellationToken))
        {
            var chunks = frames.Where(frame => frame.Kind == FrameKind.Chunk)
                .Select(frame => BitConverter.ToInt32(JsonDocument.Parse(frame.Frame).RootElement.GetProperty("data").GetBytesFromBase64()));
            Assert.Equal(Enumerable.Range(0, Chunks), chunks);
            Assert.Equal(Enumerable.Range(1, 100), frames.Where(frame => frame.Kind == FrameKind.FlushDone).Select(frame => frame.FlushId));
            Assert.Equal(frames.Select(frame => frame.FlushId).Order(), frames.Select(frame => frame.FlushId));
            Assert.Equal(FrameKind.Done, frames[^1].Kind);
        }
    }

    /// <summary>Reads as owners do: woken, takes whatever is there, from its own offset.</summary>
    private sealed class Follower : ILogWatcher
    {
        private readonly Channel<int> _news = Channel.CreateUnbounded<int>();
        private readonly ContextLog _log;

        public Follower(ContextLog log)
        {
            _log = log;
            log.Watch(this);
        }

        public void OnAppended() => _news.Writer.TryWrite(0);

        public async Task<List<LogEntry>> ReadToEndAsync()
        {
            await Task.Yield();
            var frames = new List<LogEntry>();
            while (frames.Count == 0 || frames[^1].Kind != FrameKind.Done)
            {
                await _news.Reader.ReadAsync(TestContext.Current.CancellationToken);
                while (_log.TryRead(frames.Count, out var entry))
                {
                    frames.Add(entry);
                }
            }

            return frames;
        }
    }
}
