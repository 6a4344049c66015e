namespace TtsGrains.LocalVoice.Reading;

/// <summary>What becomes of a character of the text when it is spoken.</summary>
internal enum Treatment : byte
{
    /// <summary>It is spoken.</summary>
    Keep = 0,

    /// <summary>It is silent, and separates like white space.</summary>
    Blank = 1,

    /// <summary>It is silent, and does not separate.</summary>
    Drop = 2,
}
