using System.Collections.Concurrent;

namespace TtsGrains.ApiHost.Tts;

/// <summary>
/// Slows clients that keep opening contexts beyond their tenant's limit. A refusal costs little, but a client that retries at once would take all the CPU
/// that there is, and slow other tenants. Thread-safe.
/// </summary>
internal sealed class RefusalPace(TimeProvider time)
{
    /// <summary>The refusals of a tenant in one second that have no consequence.</summary>
    public const int FreePerSecond = 100;

    /// <summary>How long nothing is read from a socket after a refusal beyond that.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Window> _windows = new(StringComparer.Ordinal);

    /// <summary>Counts a refusal.</summary>
    /// <returns>How long the client has to wait before it is served again; zero within the rate.</returns>
    public TimeSpan Count(string tenant)
    {
        var window = _windows.GetOrAdd(tenant, _ => new Window());
        lock (window)
        {
            if (window.Count == 0 || time.GetElapsedTime(window.Since) >= Second)
            {
                (window.Since, window.Count) = (time.GetTimestamp(), 0);
            }

            return ++window.Count > FreePerSecond ? Delay : TimeSpan.Zero;
        }
    }

    private sealed class Window
    {
        public long Since { get; set; }

        public int Count { get; set; }
    }
}
