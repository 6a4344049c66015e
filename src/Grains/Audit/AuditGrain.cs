using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using TtsGrains.Archive.Audit;
using TtsGrains.Archive.Stores;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Grains.Interfaces.Audit;
using TtsGrains.Grains.Storage;

namespace TtsGrains.Grains.Audit;

/// <summary>
/// Orders the records of one chain. What arrives while a record is being written shares the next one: the number of writes follows from the store's speed,
/// not from the number of requests.
/// </summary>
[GrainType(GrainTypes.Audit), Reentrant]
internal sealed partial class AuditGrain(
    [PersistentState("audit", GrainStorage.Name)] IPersistentState<AuditState> stored,
    ISegmentArchive archive,
    TimeProvider time,
    ILogger<AuditGrain> logger) : Grain, IAuditGrain
{
    private readonly List<AuditEntry> _waiting = [];
    private AuditChain? _chain;
    private Task<AuditHead?>? _next;
    private Task _last = Task.CompletedTask;

    public Task<AuditHead?> AppendAsync(ImmutableArray<AuditEntry> entries)
    {
        _waiting.AddRange(entries);
        if (_next is null)
        {
            _last = _next = WriteNextAsync(_last);
        }

        return _next;
    }

    public async Task<AuditHead?> GetHeadAsync()
    {
        if (_chain is { } chain)
        {
            return chain.Head;
        }

        // In line with the writes: the chain is loaded once.
        return await AppendAsync([]);
    }

    private async Task<AuditHead?> WriteNextAsync(Task before)
    {
        await Task.Yield();
        await before.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        AuditEntry[] entries = [.. _waiting];
        _waiting.Clear();
        _next = null;
        try
        {
            var chain = _chain ?? await LoadAsync();
            if (entries.Length > 0)
            {
                await chain.AppendAsync(entries, CancellationToken.None);
                await StoreAsync(chain.Head);
            }

            return chain.Head;
        }
        catch (Exception failure) when (StoreFailure.Is(failure))
        {
            LogFailed(logger, this.GetPrimaryKeyString(), failure.Message.Split('\n')[0]);
            return null;
        }
    }

    private async Task<AuditChain> LoadAsync()
    {
        var chain = new AuditChain(archive, this.GetPrimaryKeyString(), time);
        await chain.LoadAsync(stored.State.Head ?? AuditHead.None, CancellationToken.None);
        return _chain = chain;
    }

    // The record is durable by now. A head that lags behind misses fewer removed records, no more.
    private async Task StoreAsync(AuditHead head)
    {
        try
        {
            stored.State.Head = head;
            await stored.WriteStateAsync();
        }
        catch (Exception failure)
        {
            LogHeadNotStored(logger, this.GetPrimaryKeyString(), failure.Message.Split('\n')[0]);
            await stored.ReadStateAsync().ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The archive's store failed while the audit chain {Chain} was written: {Reason}")]
    private static partial void LogFailed(ILogger logger, string chain, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The number of the last record of the audit chain {Chain} could not be stored: {Reason}")]
    private static partial void LogHeadNotStored(ILogger logger, string chain, string reason);
}
