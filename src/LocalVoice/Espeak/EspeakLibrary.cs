using System.Reflection;
using System.Runtime.InteropServices;

namespace TtsGrains.LocalVoice.Espeak;

/// <summary>The functions of libespeak-ng that we call. None of them may run while another does.</summary>
internal static unsafe partial class EspeakLibrary
{
    public const int SynchronousOutput = 2;
    public const int PhonemeEvents = 0x0001;
    public const int PhonemesInIpa = 0x0002;
    public const int DoNotExit = 0x8000;
    public const int PositionInCharacters = 1;
    public const uint TextIsUtf8 = 0x0001;
    public const uint PauseAtEnd = 0x1000;
    public const int Rate = 1;
    public const int Pitch = 3;
    public const int Range = 4;

    private const string Name = "espeak-ng";

    private static readonly string[] FileNames = ["libespeak-ng.so.1", "libespeak-ng.so", "libespeak-ng.1.dylib", "libespeak-ng.dylib", "libespeak-ng.dll", "espeak-ng.dll"];

    static EspeakLibrary() => NativeLibrary.SetDllImportResolver(typeof(EspeakLibrary).Assembly, Resolve);

    [LibraryImport(Name, EntryPoint = "espeak_Initialize")]
    public static partial int Initialize(int output, int bufferMs, nint path, int options);

    [LibraryImport(Name, EntryPoint = "espeak_SetSynthCallback")]
    public static partial void SetSynthCallback(delegate* unmanaged[Cdecl]<short*, int, EspeakEvent*, int> callback);

    [LibraryImport(Name, EntryPoint = "espeak_SetVoiceByName", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetVoiceByName(string name);

    [LibraryImport(Name, EntryPoint = "espeak_SetParameter")]
    public static partial int SetParameter(int parameter, int value, int relative);

    [LibraryImport(Name, EntryPoint = "espeak_Synth", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Synth(string text, nuint size, uint position, int positionType, uint endPosition, uint flags, nint messageId, nint userData);

    [LibraryImport(Name, EntryPoint = "espeak_ListVoices")]
    public static partial EspeakVoice** ListVoices(EspeakVoice* like);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Name)
        {
            return 0;
        }

        foreach (var file in FileNames)
        {
            if (NativeLibrary.TryLoad(file, assembly, path, out var handle))
            {
                return handle;
            }
        }

        return 0;
    }
}
