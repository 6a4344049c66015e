using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Orleans.Storage;

namespace Orleans.Runtime;

/// <summary>
/// Keeps each state as a JSON file: <c>directory/grain type/state name/key.json</c>. A write goes to a temporary file beside it, is flushed to
/// the disk and then replaces it in one step, so a crash leaves the old state or the new one.
/// </summary>
internal sealed class FileStateStore(string directory) : IStateStore
{
    /// <summary>Longer names do not fit every file system; the file then bears the hash of the key.</summary>
    private const int LongestFileName = 120;

    private readonly SemaphoreSlim[] _locks = [.. Enumerable.Range(0, 32).Select(_ => new SemaphoreSlim(1))];

    public async Task<StoredState?> ReadAsync(StateId id, CancellationToken cancellationToken)
    {
        using (await EnterAsync(id, cancellationToken))
        {
            return await ReadFileAsync(PathOf(id), cancellationToken);
        }
    }

    public async Task<string> WriteAsync(StateId id, string? etag, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        using (await EnterAsync(id, cancellationToken))
        {
            var path = PathOf(id);
            await ExpectAsync(id, path, etag, cancellationToken);
            var next = Guid.NewGuid().ToString("N");
            await ReplaceAsync(path, Format(id, next, json), cancellationToken);
            return next;
        }
    }

    public async Task ClearAsync(StateId id, string? etag, CancellationToken cancellationToken)
    {
        using (await EnterAsync(id, cancellationToken))
        {
            var path = PathOf(id);
            await ExpectAsync(id, path, etag, cancellationToken);
            if (etag is not null)
            {
                File.Delete(path);
            }
        }
    }

    private static async Task<StoredState?> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var document = JsonDocument.Parse(await File.ReadAllBytesAsync(path, cancellationToken));
        return new StoredState(
            document.RootElement.GetProperty("etag").GetString()!,
            Encoding.UTF8.GetBytes(document.RootElement.GetProperty("state").GetRawText()));
    }

    private static async Task ExpectAsync(StateId id, string path, string? etag, CancellationToken cancellationToken)
    {
        var stored = (await ReadFileAsync(path, cancellationToken))?.Etag;
        if (stored != etag)
        {
            throw new InconsistentStateException($"The state {id.StateName} was changed by another writer.", stored, etag);
        }
    }

    // A flush to the disk takes long and blocks: on a thread of its own it takes none from the pool.
    private static Task ReplaceAsync(string path, byte[] content, CancellationToken cancellationToken) => Task.Factory.StartNew(
        () => Replace(path, content), cancellationToken, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);

    private static void Replace(string path, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = path + ".new";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private static byte[] Format(StateId id, string etag, ReadOnlyMemory<byte> json)
    {
        using var content = new MemoryStream();
        using (var writer = new Utf8JsonWriter(content, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("key", id.Key);
            writer.WriteString("etag", etag);
            writer.WritePropertyName("state");
            writer.WriteRawValue(json.Span);
            writer.WriteEndObject();
        }

        return content.ToArray();
    }

    private string PathOf(StateId id)
        => Path.Combine(directory, FileName(id.GrainType), FileName(id.StateName), FileName(id.Key) + ".json");

    private static string FileName(string name)
    {
        // Dots are escaped too: a name must not step out of its directory.
        var escaped = Uri.EscapeDataString(name).Replace(".", "%2E", StringComparison.Ordinal);
        return escaped.Length <= LongestFileName ? escaped : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
    }

    private async Task<Releaser> EnterAsync(StateId id, CancellationToken cancellationToken)
    {
        var entered = _locks[(uint)id.GetHashCode() % _locks.Length];
        await entered.WaitAsync(cancellationToken);
        return new Releaser(entered);
    }

    private readonly struct Releaser(SemaphoreSlim entered) : IDisposable
    {
        public void Dispose() => entered.Release();
    }
}
