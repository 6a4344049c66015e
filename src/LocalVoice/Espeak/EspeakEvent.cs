using System.Runtime.InteropServices;

namespace TtsGrains.LocalVoice.Espeak;

/// <summary>What happens in a block of samples, as libespeak-ng lays it out in memory.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct EspeakEvent
{
    public EspeakEventType Type;
    public uint MessageId;

    /// <summary>In code points, from 1.</summary>
    public int TextPosition;
    public int Length;
    public int AudioPositionMs;

    /// <summary>Samples since the start of the message.</summary>
    public int Sample;
    public nint UserData;

    /// <summary>For a phoneme: its name in UTF-8, ended by a zero unless all bytes are used.</summary>
    public fixed byte Name[8];
}

internal enum EspeakEventType
{
    ListTerminated = 0,
    Word = 1,
    Sentence = 2,
    End = 5,
    MessageTerminated = 6,
    Phoneme = 7,
}
