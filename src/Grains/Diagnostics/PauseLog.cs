using TtsGrains.Archive.Manifests;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Grains.Diagnostics;

/// <summary>The pauses of one context for its manifest: where in the audio, how long, and what they are put down to. Thread-safe.</summary>
/// <param name="format">The form of the audio.</param>
internal sealed class PauseLog(AudioFormat format)
{
    /// <summary>The most pauses that are kept: the first ones.</summary>
    public const int Most = 100;

    private readonly Lock _gate = new();
    private List<ManifestPause>? _pauses;
    private long _bytes;

    /// <summary>Continues a context with this much audio.</summary>
    public void Restore(long bytes) => _bytes = bytes;

    /// <summary>Takes note of a chunk; allocates only for a pause.</summary>
    public void OnAudio(long bytes, in LateChunk chunk)
    {
        if (chunk.IsPause)
        {
            Add(chunk);
        }

        _bytes += bytes;
    }

    /// <summary>Lists the pauses; null if there are none.</summary>
    public IReadOnlyList<ManifestPause>? List()
    {
        lock (_gate)
        {
            return _pauses?.ToArray();
        }
    }

    private void Add(in LateChunk chunk)
    {
        lock (_gate)
        {
            if (_pauses is { Count: >= Most })
            {
                return;
            }

            (_pauses ??= []).Add(new ManifestPause(
                Math.Round(format.DurationOf(_bytes).TotalMilliseconds, 3), Math.Round(chunk.Lateness.TotalMilliseconds), chunk.Cause.ToString().ToLowerInvariant()));
        }
    }
}
