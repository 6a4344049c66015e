using Azure.Storage.Blobs;
using Microsoft.Extensions.Options;
using TtsGrains.Archive.Encryption;

namespace TtsGrains.Archive;

/// <summary>Which store holds the archive. Zero is never a valid value.</summary>
public enum ArchiveKind : byte
{
    None = 0,

    /// <summary>Plain files below <see cref="ArchiveOptions.Path"/>.</summary>
    Files = 1,

    /// <summary>Azure Blob Storage or Azurite.</summary>
    Azure = 2,
}

/// <summary>Where finished speech is kept, and how hard it is tried.</summary>
public sealed class ArchiveOptions
{
    public const string Section = "Archive";

    /// <summary>The kind of store. Default: files.</summary>
    public ArchiveKind Kind { get; set; } = ArchiveKind.Files;

    /// <summary>The folder of the files, relative to the working directory; <c>archive</c> in the data folder.</summary>
    public string Path { get; set; } = "data/archive";

    /// <summary>The connection string of the Azure storage account. A secret. Default: none.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>
    /// Where the blobs of the Azure storage account are, such as <c>https://account.blob.core.windows.net</c>, instead of a connection string: this process
    /// then says who it is by its managed identity, and there is no secret. Default: none.
    /// </summary>
    public Uri? ServiceUri { get; set; }

    /// <summary>The container in the storage account, created at start when it is missing. Default: tts.</summary>
    public string Container { get; set; } = "tts";

    /// <summary>
    /// Where segments lie on disk from their hand-over until the store has confirmed them; relative to the working directory;
    /// <c>spool</c> in the data folder. Processes may share it.
    /// </summary>
    public string SpoolPath { get; set; } = "data/spool";

    /// <summary>The most audio that may lie in the spool, bytes; 0 spools nothing. What has no room there waits in memory. Default: 4 GiB.</summary>
    public long MaxSpoolBytes { get; set; } = 4L * 1024 * 1024 * 1024;

    /// <summary>
    /// Whether other processes erase from this store too, so that each write must look for a mark of it. The hosts of a cluster set it. Default: false.
    /// </summary>
    internal bool IsShared { get; set; }

    /// <summary>How much of a segment is handed over at a time while it is being spoken, bytes as received (base64). Default: 4 MiB.</summary>
    public int PartBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// The most that may wait in memory for the spool, or beside it, bytes as received (base64). Segments beyond it are lost to the archive, counted and
    /// logged. Default: 256 MiB.
    /// </summary>
    public long MaxPendingBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>How many contexts are written at the same time. Default: 4.</summary>
    public int Parallelism { get; set; } = 4;

    /// <summary>The wait after the first failed write; doubles with each further one. Default: 0.5 seconds.</summary>
    public TimeSpan FirstRetryDelay { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest wait between two tries. Default: 30 seconds.</summary>
    public TimeSpan LongestRetryDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often sessions past their retention are removed and old usage records packed. Default: 1 hour.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a stopping host waits for what is pending. Must fit into the host's own shutdown timeout. Default: 20 seconds.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Whether speech is encrypted before it is stored, and with which keys.</summary>
    public EncryptionOptions Encryption { get; set; } = new();
}

/// <summary>Checks the options at start. Reports every failure, not the first.</summary>
internal sealed class ArchiveOptionsValidator : IValidateOptions<ArchiveOptions>
{
    public ValidateOptionsResult Validate(string? name, ArchiveOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        switch (options.Kind)
        {
            case ArchiveKind.Files:
                Require(result, !string.IsNullOrWhiteSpace(options.Path), nameof(options.Path), "is empty; it must name a folder.");
                break;
            case ArchiveKind.Azure:
                RequireAccount(result, options);
                Require(result, IsContainerName(options.Container), nameof(options.Container),
                    $"is '{options.Container}'; it must be 3 to 63 lower-case letters, digits and single hyphens.");
                break;
            default:
                result.AddError($"is {options.Kind}; it must be files or azure.", $"{ArchiveOptions.Section}:{nameof(options.Kind)}");
                break;
        }

        Require(result, options.MaxPendingBytes >= 1024, nameof(options.MaxPendingBytes), $"is {options.MaxPendingBytes}; it must be at least 1024.");
        Require(result, !string.IsNullOrWhiteSpace(options.SpoolPath), nameof(options.SpoolPath), "is empty; it must name a folder.");
        Require(result, options.MaxSpoolBytes >= 0, nameof(options.MaxSpoolBytes), $"is {options.MaxSpoolBytes}; it must not be negative.");
        Require(result, options.PartBytes is >= 1024 and <= 1024 * 1024 * 1024, nameof(options.PartBytes),
            $"is {options.PartBytes}; it must be 1 KiB to 1 GiB.");
        Require(result, options.Parallelism is >= 1 and <= 256, nameof(options.Parallelism), $"is {options.Parallelism}; it must be 1 to 256.");
        Require(result, options.FirstRetryDelay > TimeSpan.Zero, nameof(options.FirstRetryDelay),
            $"is {options.FirstRetryDelay}; it must be greater than zero.");
        Require(result, options.LongestRetryDelay >= options.FirstRetryDelay, nameof(options.LongestRetryDelay),
            $"is {options.LongestRetryDelay}; it must not be shorter than {nameof(options.FirstRetryDelay)}, which is {options.FirstRetryDelay}.");
        Require(result, options.LongestRetryDelay <= TimeSpan.FromHours(1), nameof(options.LongestRetryDelay),
            $"is {options.LongestRetryDelay}; it must be one hour at most.");
        Require(result, options.SweepInterval >= TimeSpan.FromSeconds(1), nameof(options.SweepInterval),
            $"is {options.SweepInterval}; it must be one second at least.");
        Require(result, options.DrainTimeout >= TimeSpan.Zero, nameof(options.DrainTimeout), $"is {options.DrainTimeout}; it must not be negative.");
        foreach (var (setting, complaint) in options.Encryption.Check(options.IsShared))
        {
            Require(result, holds: false, $"{nameof(options.Encryption)}:{setting}", complaint);
        }

        return result.Build();
    }

    private static void RequireAccount(ValidateOptionsResultBuilder result, ArchiveOptions options)
    {
        if (options.ServiceUri is not { } account)
        {
            Require(result, IsConnectionString(options.ConnectionString), nameof(options.ConnectionString),
                $"is not the connection string of an Azure storage account, and there is no {nameof(options.ServiceUri)}.");
            return;
        }

        // The address may hold a signature, which is a secret.
        Require(result, account.IsAbsoluteUri && account.Scheme == Uri.UriSchemeHttps && account.Query.Length == 0, nameof(options.ServiceUri),
            "is not the address of an Azure storage account's blobs, such as https://account.blob.core.windows.net.");
        Require(result, string.IsNullOrEmpty(options.ConnectionString), nameof(options.ConnectionString), $"is set, and {nameof(options.ServiceUri)} too; it must be one of them.");
    }

    private static void Require(ValidateOptionsResultBuilder result, bool holds, string setting, string complaint)
    {
        if (!holds)
        {
            result.AddError(complaint, $"{ArchiveOptions.Section}:{setting}");
        }
    }

    // Azure's own parser decides. Its message may quote the string, so it is not passed on.
    private static bool IsConnectionString(string? value)
    {
        try
        {
            return !string.IsNullOrWhiteSpace(value) && new BlobServiceClient(value).Uri is not null;
        }
        catch (Exception malformed) when (malformed is FormatException or ArgumentException)
        {
            return false;
        }
    }

    private static bool IsContainerName(string? value)
        => value is { Length: >= 3 and <= 63 }
            && value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            && value[0] != '-' && value[^1] != '-' && !value.Contains("--", StringComparison.Ordinal);
}
