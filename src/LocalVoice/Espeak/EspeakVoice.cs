using System.Runtime.InteropServices;

namespace TtsGrains.LocalVoice.Espeak;

/// <summary>An installed voice: the first members of the structure of libespeak-ng, which are pointers to strings.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct EspeakVoice
{
    public readonly nint Name;
    public readonly nint Languages;

    /// <summary>Path of its file below the directory of voices.</summary>
    public readonly nint Identifier;
}
