using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Archive.Manifests;

/// <summary>
/// Which frames a stretch of a context's log had, so that they can be made again, each with its offset, from the audio and the words.
/// </summary>
/// <param name="FirstOffset">The offset of the first.</param>
/// <param name="ApiVersion">The version of the API that the client spoke: it decides how flushes are numbered.</param>
/// <param name="List">
/// The frames in order, separated by spaces: <c>c640</c> a chunk of 640 bytes of audio, <c>w3</c> the times of 3 words, <c>p</c> those of phonemes
/// (which are not kept), <c>f</c> flush_done, <c>d</c> done, <c>e</c> an error. <c>c640*12</c> stands for twelve in a row.
/// </param>
public sealed record ManifestFrames(int FirstOffset, string ApiVersion, string List)
{
    /// <summary>The error frame as it was, when there is one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }

    /// <summary>Writes down frames.</summary>
    public static ManifestFrames Of(int firstOffset, string apiVersion, IEnumerable<ManifestFrame> frames, string? error)
    {
        var list = new StringBuilder();
        ManifestFrame? last = null;
        var times = 0;
        foreach (var frame in frames)
        {
            if (frame == last)
            {
                times++;
                continue;
            }

            Append(list, last, times);
            (last, times) = (frame, 1);
        }

        Append(list, last, times);
        return new ManifestFrames(firstOffset, apiVersion, list.ToString()) { Error = error };
    }

    /// <summary>Reads what <see cref="Of"/> wrote. What cannot be read ends the list.</summary>
    public IEnumerable<ManifestFrame> Read()
    {
        foreach (var item in List.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var star = item.IndexOf('*', StringComparison.Ordinal);
            var size = item[1..(star < 0 ? item.Length : star)];
            var kind = KindOf(item[0]);
            if (kind == FrameKind.Unknown || !TryParse(size, 0, out var length) || !TryParse(star < 0 ? "" : item[(star + 1)..], 1, out var times))
            {
                yield break;
            }

            for (var i = 0; i < times; i++)
            {
                yield return new ManifestFrame(kind, length);
            }
        }
    }

    private static bool TryParse(string text, int absent, out int number)
    {
        number = absent;
        return text.Length == 0 || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static void Append(StringBuilder list, ManifestFrame? frame, int times)
    {
        if (frame is not { } known)
        {
            return;
        }

        list.Append(list.Length > 0 ? " " : "").Append(LetterOf(known.Kind));
        if (known.Size > 0)
        {
            list.Append(CultureInfo.InvariantCulture, $"{known.Size}");
        }

        if (times > 1)
        {
            list.Append(CultureInfo.InvariantCulture, $"*{times}");
        }
    }

    private static char LetterOf(FrameKind kind) => kind switch
    {
        FrameKind.Chunk => 'c',
        FrameKind.Timestamps => 'w',
        FrameKind.PhonemeTimestamps => 'p',
        FrameKind.FlushDone => 'f',
        FrameKind.Done => 'd',
        FrameKind.Error => 'e',
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a frame of a log."),
    };

    private static FrameKind KindOf(char letter) => letter switch
    {
        'c' => FrameKind.Chunk,
        'w' => FrameKind.Timestamps,
        'p' => FrameKind.PhonemeTimestamps,
        'f' => FrameKind.FlushDone,
        'd' => FrameKind.Done,
        'e' => FrameKind.Error,
        _ => FrameKind.Unknown,
    };
}

/// <summary>One frame of a <see cref="ManifestFrames.List"/>.</summary>
/// <param name="Kind">What it was.</param>
/// <param name="Size">Bytes of audio, or words.</param>
public readonly record struct ManifestFrame(FrameKind Kind, int Size);
