using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Stores;
using TtsGrains.Archive.Writing;

namespace TtsGrains.Archive.Sessions;

/// <summary>
/// Writes <c>session.json</c> a moment after it was handed over, so that contexts which follow each other quickly cost one write. What the store refuses
/// is tried again; a record that is lost with the process is made again with the session's next context, and the manifests have it all.
/// </summary>
public sealed class SessionRecordWriter(ISegmentArchive archive, IOptions<ArchiveOptions> options, TimeProvider time) : IHostedService, IDisposable
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(string Tenant, string Session), SessionRecord> _latest = new();
    private readonly ConcurrentDictionary<(string Tenant, string Session), Task> _writing = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Hands over a record; it takes the place of an earlier one of the session.</summary>
    public void Put(SessionRecord record)
    {
        var key = (record.Tenant, record.SessionId);
        _latest[key] = record;
        if (!_stopping.IsCancellationRequested)
        {
            _ = _writing.GetOrAdd(key, WriteAsync);
        }
    }

    /// <summary>Throws away what was handed over of a session, and waits until none of it is being written.</summary>
    public Task ForgetAsync(string tenant, string session)
    {
        _latest.TryRemove((tenant, session), out _);
        return _writing.TryGetValue((tenant, session), out var writing) ? writing : Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Writes at once what waits.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_writing.Values).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var record in _latest.Values)
        {
            await TryWriteAsync(record);
        }
    }

    public void Dispose() => _stopping.Dispose();

    private async Task WriteAsync((string Tenant, string Session) key)
    {
        // Off the caller's turn.
        await Task.Yield();
        for (var failures = 0; ; failures++)
        {
            var wait = failures == 0 ? Moment : RetryDelay.After(failures, options.Value.FirstRetryDelay, options.Value.LongestRetryDelay, Random.Shared.NextDouble());
            await Task.Delay(wait, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            if (!_latest.TryGetValue(key, out var record) || (await TryWriteAsync(record) && _latest.TryRemove(new(key, record))))
            {
                _writing.TryRemove(key, out _);

                // One that came between the two steps above found somebody at work.
                if (_latest.ContainsKey(key))
                {
                    _ = _writing.GetOrAdd(key, WriteAsync);
                }

                return;
            }
        }
    }

    private async Task<bool> TryWriteAsync(SessionRecord record)
    {
        try
        {
            using var json = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(record, ManifestJson.Readable.SessionRecord));
            await archive.ReplaceAsync(ArchiveNames.Session(record.Tenant, record.SessionId), json, ContextManifest.ContentType, CancellationToken.None);
            return true;
        }
        catch (Exception)
        {
            // Whatever the store throws, it is tried again; ArchiveWriter says that the store fails.
            return false;
        }
    }
}
