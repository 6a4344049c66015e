using System.Text.Json.Serialization;

namespace TtsGrains.Archive.Encryption;

/// <summary>What is known of one tenant's keys.</summary>
/// <param name="keys">Those that were not deleted.</param>
/// <param name="deleted">The markers of those that were. A key may have both for a moment; then it is deleted.</param>
internal sealed class Ring(IReadOnlyList<RingKey> keys, IReadOnlyList<StoredKey> deleted)
{
    public static Ring Empty { get; } = new([], []);

    /// <summary>The keys whose objects are there.</summary>
    public IReadOnlyList<RingKey> Keys => keys;

    /// <summary>The key that encrypts; null if the tenant has none.</summary>
    public RingKey? Current => keys.Where(key => !IsDeleted(key.Number)).MaxBy(key => key.Number);

    /// <summary>The highest number ever given; 0 if none was.</summary>
    public int LastNumber => keys.Select(key => key.Number).Concat(deleted.Select(key => key.Number)).DefaultIfEmpty().Max();

    /// <summary>All keys in order.</summary>
    public IReadOnlyList<TenantKeyState> States =>
    [
        .. deleted.Select(key => new TenantKeyState(key.Number, key.CreatedAt, key.DeletedAt))
            .Concat(keys.Where(key => !IsDeleted(key.Number)).Select(key => new TenantKeyState(key.Number, key.CreatedAt, DeletedAt: null)))
            .OrderBy(key => key.Number),
    ];

    public RingKey? Find(int number) => keys.FirstOrDefault(key => key.Number == number);

    public StoredKey? FindDeleted(int number) => deleted.FirstOrDefault(key => key.Number == number);

    public bool IsDeleted(int number) => FindDeleted(number) is not null;
}

/// <summary>One key of a ring.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="Key">The key; null if no master key here decrypts it.</param>
internal sealed record RingKey(int Number, DateTimeOffset CreatedAt, TenantKey? Key);

/// <summary>A key of a tenant, without the key itself.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="DeletedAt">When it was deleted; null if it was not.</param>
public sealed record TenantKeyState(int Number, DateTimeOffset CreatedAt, DateTimeOffset? DeletedAt);

/// <summary>A key, or the marker of a deleted one, as it is stored.</summary>
internal sealed record StoredKey(int Number, DateTimeOffset CreatedAt)
{
    /// <summary>When it was deleted; only in a marker.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>The key, if there is no master key.</summary>
    public byte[]? Key { get; init; }

    /// <summary>The key, encrypted with the master key.</summary>
    public byte[]? EncryptedKey { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StoredKey))]
internal sealed partial class StoredKeyJson : JsonSerializerContext;
