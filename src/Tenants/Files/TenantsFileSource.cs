namespace TtsGrains.Tenants.Files;

/// <summary>A tenants file and what of it is in force: the last content without a fault.</summary>
internal sealed class TenantsFileSource(string path, TenantsFileReader reader)
{
    private byte[]? _content;
    private string? _failure;

    /// <summary>What the configuration has of it.</summary>
    public TenantsFileProvider Provider { get; } = new();

    /// <summary>Its path.</summary>
    public string Path { get; } = path;

    /// <summary>Reads the file if it has changed, and puts it in force if it has no fault.</summary>
    /// <param name="faults">A sentence for every fault of the change; none if it is in force, or if nothing has changed.</param>
    /// <returns>True if a change is in force.</returns>
    public bool TryRefresh(out IReadOnlyList<string> faults)
    {
        faults = [];
        byte[] content;
        try
        {
            content = File.ReadAllBytes(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Told once, and not every time that it is still so.
            faults = e.Message == _failure ? [] : [$"The file cannot be read: {e.Message}"];
            _failure = e.Message;
            return false;
        }

        // Compared by content: neither a link that was moved to another file nor two changes within one tick of the clock are missed.
        _failure = null;
        if (_content is not null && content.AsSpan().SequenceEqual(_content))
        {
            return false;
        }

        _content = content;
        faults = reader.Read(content, out var settings);
        if (faults.Count > 0)
        {
            return false;
        }

        Provider.Replace(settings);
        return true;
    }
}
