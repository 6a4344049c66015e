using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Orleans.Runtime;

/// <summary>State of one activation. It is stored as JSON, so what the grain does to the object later does not reach the store unwritten.</summary>
internal sealed class PersistentState<TState>(IStateStore store, StateId id) : IPersistentState<TState>, IReadableState
{
    private static readonly JsonSerializerOptions Json = new() { IncludeFields = true };

    public TState State { get; set; } = New();

    public string? Etag { get; private set; }

    public bool RecordExists => Etag is not null;

    public Task ReadStateAsync() => ReadStateAsync(CancellationToken.None);

    public async Task ReadStateAsync(CancellationToken cancellationToken)
    {
        var stored = await store.ReadAsync(id, cancellationToken);
        State = stored is null ? New() : JsonSerializer.Deserialize<TState>(stored.Json.Span, Json)!;
        Etag = stored?.Etag;
    }

    public Task WriteStateAsync() => WriteStateAsync(CancellationToken.None);

    public async Task WriteStateAsync(CancellationToken cancellationToken)
        => Etag = await store.WriteAsync(id, Etag, JsonSerializer.SerializeToUtf8Bytes(State, Json), cancellationToken);

    public Task ClearStateAsync() => ClearStateAsync(CancellationToken.None);

    public async Task ClearStateAsync(CancellationToken cancellationToken)
    {
        await store.ClearAsync(id, Etag, cancellationToken);
        State = New();
        Etag = null;
    }

    private static TState New()
        => typeof(TState) == typeof(string) || typeof(TState).IsArray ? default!
            : typeof(TState).IsValueType || typeof(TState).GetConstructor(Type.EmptyTypes) is not null ? Activator.CreateInstance<TState>()
            : (TState)RuntimeHelpers.GetUninitializedObject(typeof(TState));
}
