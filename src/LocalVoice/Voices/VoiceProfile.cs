using System.Text;

namespace TtsGrains.LocalVoice.Voices;

/// <summary>How a voice sounds. Every id gives a profile, always the same one.</summary>
/// <param name="EspeakName">Language and variant, as libespeak-ng names them.</param>
/// <param name="Pitch">Base pitch, 0 to 100.</param>
/// <param name="Range">Liveliness of the pitch, 0 to 100.</param>
/// <param name="WordsPerMinute">The voice's own speed.</param>
/// <param name="Seed">Tells voices apart where there is no espeak.</param>
internal sealed record VoiceProfile(string EspeakName, int Pitch, int Range, double WordsPerMinute, uint Seed)
{
    private const double NormalWordsPerMinute = 175;

    private static readonly string[] Variants = ["m1", "m2", "m3", "m4", "m5", "m6", "m7", "f1", "f2", "f3", "f4", "f5"];

    /// <summary>The profile of a voice id in one of espeak's languages.</summary>
    public static VoiceProfile Create(string voiceId, string espeakLanguage)
    {
        var hash = Hash(voiceId);
        var variant = Variants[hash % (ulong)Variants.Length];
        var pitch = 35 + (int)((hash >> 16) % 31);
        var range = 40 + (int)((hash >> 24) % 31);
        var pace = 0.93 + ((hash >> 32) % 15 / 100.0);
        return new VoiceProfile($"{espeakLanguage}+{variant}", pitch, range, NormalWordsPerMinute * pace, (uint)(hash >> 40));
    }

    // Stable over processes and releases, unlike string.GetHashCode: FNV-1a, then mixed, as similar ids must not sound similar.
    private static ulong Hash(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            hash = (hash ^ b) * 1099511628211UL;
        }

        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9UL;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBUL;
        return hash ^ (hash >> 31);
    }
}
