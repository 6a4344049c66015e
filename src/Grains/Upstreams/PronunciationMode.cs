namespace TtsGrains.Grains.Upstreams;

/// <summary>How an upstream gets the pronunciation dictionary of a context. Zero is never a valid value.</summary>
public enum PronunciationMode : byte
{
    None = 0,

    /// <summary>The service keeps a copy at the upstream, by Cartesia's <c>/pronunciation-dicts/</c>, and sends the copy's id.</summary>
    Copy = 1,

    /// <summary>The service sends the entries with the first message of a context. LocalVoice reads them.</summary>
    Inline = 2,
}
