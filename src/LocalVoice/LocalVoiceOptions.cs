using System.Net;

namespace TtsGrains.LocalVoice;

/// <summary>The embedded voice.</summary>
public sealed class LocalVoiceOptions
{
    public const string SectionName = "LocalVoice";

    /// <summary>The IP address to listen on; it accepts any credential, so keep it inside. Default: 127.0.0.1.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Port; 0, the default, takes a free one.</summary>
    public int Port { get; set; }

    /// <summary>How much faster than it plays audio is delivered; default 4. 0 means as fast as it can be made.</summary>
    public double RealtimeFactor { get; set; } = 4;

    /// <summary>How much audio is in a chunk; default 100 ms, from 10 ms to 2 s.</summary>
    public TimeSpan ChunkDuration { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How much audio is in a context's first chunk, which shortens the wait for it; default 50 ms.</summary>
    public TimeSpan FirstChunkDuration { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a context stays open after its last audio when nothing more comes; then it is done. Default 5 s.</summary>
    public TimeSpan ContextExpiry { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The most contexts on one socket; default 2,000.</summary>
    public int MaxContextsPerSocket { get; set; } = 2000;

    /// <summary>The most characters of one transcript; default 10,000.</summary>
    public int MaxTranscriptCharacters { get; set; } = 10_000;

    /// <summary>The longest message, bytes; default 1 MiB.</summary>
    public int MaxMessageBytes { get; set; } = 1 << 20;

    /// <summary>What goes wrong, for tests: the path of a JSON file, or the JSON itself. Default: empty, and nothing does.</summary>
    public string FaultScript { get; set; } = "";

    /// <summary>Whether <c>/faults</c> shows and changes the script. Default: false.</summary>
    public bool FaultControl { get; set; }

    /// <summary>What speaks; by default espeak, and tones where it is not installed.</summary>
    public LocalVoiceEngine Engine { get; set; }

    /// <summary>Checks everything at once.</summary>
    /// <exception cref="ArgumentException">Names every value that is wrong, and the rule.</exception>
    public void Validate()
    {
        var wrong = new List<string>();
        Require(IPAddress.TryParse(Address, out _), $"{nameof(Address)} must be an IP address");
        Require(Port is >= 0 and <= 65535, $"{nameof(Port)} must be from 0 to 65535");
        Require(RealtimeFactor >= 0, $"{nameof(RealtimeFactor)} must be 0 or more");
        Require(IsChunk(ChunkDuration), $"{nameof(ChunkDuration)} must be from 10 ms to 2 s");
        Require(IsChunk(FirstChunkDuration), $"{nameof(FirstChunkDuration)} must be from 10 ms to 2 s");
        Require(ContextExpiry > TimeSpan.Zero, $"{nameof(ContextExpiry)} must be more than 0");
        Require(MaxContextsPerSocket > 0, $"{nameof(MaxContextsPerSocket)} must be more than 0");
        Require(MaxTranscriptCharacters > 0, $"{nameof(MaxTranscriptCharacters)} must be more than 0");
        Require(MaxMessageBytes >= 1024, $"{nameof(MaxMessageBytes)} must be 1024 or more");
        Require(Enum.IsDefined(Engine), $"{nameof(Engine)} must be auto, espeak or tones");
        if (wrong.Count > 0)
        {
            throw new ArgumentException($"{SectionName}: {string.Join("; ", wrong)}.");
        }

        void Require(bool condition, string rule)
        {
            if (!condition)
            {
                wrong.Add(rule);
            }
        }
    }

    /// <summary>The section of these options.</summary>
    public static SettingsSection Settings { get; } = SettingsSection.Of<LocalVoiceOptions>(SectionName, (_, options) => options.Check());

    private IEnumerable<string> Check()
    {
        try
        {
            Validate();
            return [];
        }
        catch (ArgumentException wrong)
        {
            return [wrong.Message];
        }
    }

    private static bool IsChunk(TimeSpan duration) => duration >= TimeSpan.FromMilliseconds(10) && duration <= TimeSpan.FromSeconds(2);
}

/// <summary>What makes the sound.</summary>
public enum LocalVoiceEngine
{
    /// <summary>Espeak where libespeak-ng is installed, else tones.</summary>
    Auto = 0,

    /// <summary>Espeak; without libespeak-ng the server does not start.</summary>
    Espeak = 1,

    /// <summary>A tone for each word: needs nothing and is the same bytes every time.</summary>
    Tones = 2,
}
