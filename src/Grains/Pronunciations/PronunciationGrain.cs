using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Grains.Interfaces.Pronunciations;
using TtsGrains.Grains.Storage;
using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Grains.Pronunciations;

/// <summary>Stores the pronunciation dictionaries of one tenant, and copies them to upstreams when they are used.</summary>
[GrainType(GrainTypes.Pronunciation)]
internal sealed partial class PronunciationGrain(
    [PersistentState("pronunciations", GrainStorage.Name)] IPersistentState<PronunciationState> stored,
    UpstreamCatalogue upstreams,
    UpstreamDicts copies,
    TimeProvider time,
    ILogger<PronunciationGrain> logger) : Grain, IPronunciationGrain
{
    public async Task<PronunciationDict?> CreateAsync(string name, ImmutableArray<PronunciationItem> items)
    {
        if (stored.State.Dicts.Length >= IPronunciationGrain.MaxDicts)
        {
            return null;
        }

        var created = new PronunciationDict($"pdict_{Guid.CreateVersion7(time.GetUtcNow()):N}", name, time.GetUtcNow(), items, Revision: 1);
        await StoreAsync(stored.State.Dicts.Insert(0, created));
        return created;
    }

    public Task<ImmutableArray<PronunciationDict>> ListAsync() => Task.FromResult(stored.State.Dicts);

    public Task<PronunciationDict?> GetAsync(string id) => Task.FromResult(Find(id));

    public async Task<PronunciationDict?> GetForSpeechAsync(string id)
    {
        if (Find(id) is not { } dict)
        {
            return null;
        }

        var copied = dict;
        foreach (var upstream in upstreams.Of(this.GetPrimaryKeyString()).Where(copies.IsKeeper))
        {
            copied = await CopyAsync(copied, upstream);
        }

        if (copied != dict)
        {
            await StoreAsync(stored.State.Dicts.Replace(dict, copied));
        }

        return copied;
    }

    public async Task<PronunciationDict?> UpdateAsync(string id, string? name, ImmutableArray<PronunciationItem>? items)
    {
        if (Find(id) is not { } dict)
        {
            return null;
        }

        var updated = dict with { Name = name ?? dict.Name, Items = items ?? dict.Items, Revision = dict.Revision + 1 };
        await StoreAsync(stored.State.Dicts.Replace(dict, updated));
        return updated;
    }

    public async Task<bool> DeleteAsync(string id)
    {
        if (Find(id) is not { } dict)
        {
            return false;
        }

        await StoreAsync(stored.State.Dicts.Remove(dict));
        foreach (var (upstream, copy) in dict.Copies)
        {
            await TryAsync(() => copies.DeleteAsync(upstream, copy.Id), upstream);
        }

        return true;
    }

    // A failed copy leaves the dictionary without one at that upstream; a context that goes there then ends with an error.
    private async Task<PronunciationDict> CopyAsync(PronunciationDict dict, string upstream)
    {
        var copy = dict.Copies.GetValueOrDefault(upstream);
        if (copy?.Revision != dict.Revision)
        {
            await TryAsync(async () => copy = new PronunciationCopy(await copies.PutAsync(upstream, copy?.Id, dict), dict.Revision), upstream);
        }

        return copy is null || dict.Copies.GetValueOrDefault(upstream) == copy ? dict : dict with { Copies = dict.Copies.SetItem(upstream, copy) };
    }

    private async Task TryAsync(Func<Task> call, string upstream)
    {
        try
        {
            await call();
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or InvalidDataException)
        {
            LogNotCopied(logger, upstream, e.Message);
        }
    }

    private async Task StoreAsync(ImmutableArray<PronunciationDict> dicts)
    {
        var before = stored.State.Dicts;
        stored.State.Dicts = dicts;
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            stored.State.Dicts = before;
            throw;
        }
    }

    private PronunciationDict? Find(string id) => stored.State.Dicts.FirstOrDefault(dict => dict.Id == id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A pronunciation dictionary could not be copied to upstream {Upstream}: {Reason}")]
    private static partial void LogNotCopied(ILogger logger, string upstream, string reason);
}

/// <summary>The stored dictionaries of a tenant, the newest first.</summary>
[GenerateSerializer, Alias("tts.PronunciationState")]
internal sealed class PronunciationState
{
    [Id(0)]
    public ImmutableArray<PronunciationDict> Dicts { get; set; } = [];
}
