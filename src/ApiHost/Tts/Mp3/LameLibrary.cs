using System.Reflection;
using System.Runtime.InteropServices;

namespace TtsGrains.ApiHost.Tts.Mp3;

/// <summary>The functions of libmp3lame that we call. An encoder belongs to one thread at a time; different ones are independent.</summary>
internal static partial class LameLibrary
{
    public const int Mono = 3;

    private const string Name = "mp3lame";

    private static readonly string[] FileNames = ["libmp3lame.so.0", "libmp3lame.so", "libmp3lame.0.dylib", "libmp3lame.dylib", "libmp3lame.dll"];
    private static readonly Lazy<nint> Handle = new(Load);

    static LameLibrary() => NativeLibrary.SetDllImportResolver(typeof(LameLibrary).Assembly, static (name, _, _) => name == Name ? Handle.Value : 0);

    /// <summary>Whether the library is there.</summary>
    public static bool IsInstalled => Handle.Value != 0;

    [LibraryImport(Name, EntryPoint = "lame_init")]
    public static partial nint Init();

    [LibraryImport(Name, EntryPoint = "lame_set_num_channels")]
    public static partial int SetChannels(nint encoder, int channels);

    [LibraryImport(Name, EntryPoint = "lame_set_mode")]
    public static partial int SetMode(nint encoder, int mode);

    [LibraryImport(Name, EntryPoint = "lame_set_in_samplerate")]
    public static partial int SetInputRate(nint encoder, int hertz);

    [LibraryImport(Name, EntryPoint = "lame_set_out_samplerate")]
    public static partial int SetOutputRate(nint encoder, int hertz);

    [LibraryImport(Name, EntryPoint = "lame_set_brate")]
    public static partial int SetBitRate(nint encoder, int kilobits);

    [LibraryImport(Name, EntryPoint = "lame_set_quality")]
    public static partial int SetQuality(nint encoder, int quality);

    [LibraryImport(Name, EntryPoint = "lame_set_bWriteVbrTag")]
    public static partial int SetInfoFrame(nint encoder, int isWritten);

    [LibraryImport(Name, EntryPoint = "lame_init_params")]
    public static partial int Start(nint encoder);

    [LibraryImport(Name, EntryPoint = "lame_encode_buffer")]
    public static partial int Encode(nint encoder, ReadOnlySpan<short> left, ReadOnlySpan<short> right, int samples, Span<byte> output, int outputLength);

    [LibraryImport(Name, EntryPoint = "lame_encode_flush")]
    public static partial int Flush(nint encoder, Span<byte> output, int outputLength);

    [LibraryImport(Name, EntryPoint = "lame_close")]
    public static partial int Close(nint encoder);

    private static nint Load()
    {
        foreach (var file in FileNames)
        {
            if (NativeLibrary.TryLoad(file, Assembly.GetExecutingAssembly(), null, out var handle))
            {
                return handle;
            }
        }

        return 0;
    }
}
