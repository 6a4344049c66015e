using System.Text;

namespace TtsGrains.ApiHost.Tests.Hosting;

/// <summary>Looks for text and audio in whatever a run has written, in every form in which it may lie there.</summary>
internal static class ByteSearch
{
    private const int Window = 48;

    /// <summary>The forms of a text: UTF-8, UTF-16, and base64.</summary>
    public static IReadOnlyList<byte[]> FormsOf(string text)
        => [Encoding.UTF8.GetBytes(text), Encoding.Unicode.GetBytes(text), .. Base64Of(Encoding.UTF8.GetBytes(text))];

    /// <summary>Pieces of audio from several places, raw and as base64, wherever a group of three bytes begins.</summary>
    public static IReadOnlyList<byte[]> FormsOf(byte[] audio)
    {
        var forms = new List<byte[]>();
        foreach (var at in Enumerable.Range(1, 7).Select(eighth => audio.Length / 8 * eighth))
        {
            var piece = audio.AsSpan(at, Window).ToArray();
            if (piece.Distinct().Count() > Window / 4)
            {
                forms.Add(piece);
                forms.AddRange(Base64Of(piece));
            }
        }

        Assert.NotEmpty(forms);
        return forms;
    }

    /// <summary>Whether any form is in the bytes.</summary>
    public static bool HasAny(ReadOnlySpan<byte> bytes, IEnumerable<byte[]> forms)
    {
        foreach (var form in forms)
        {
            if (bytes.IndexOf(form) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The files below a folder that have any of the forms.</summary>
    public static IReadOnlyList<string> FilesWith(string folder, IReadOnlyList<byte[]> forms)
        => [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => HasAny(Read(file), forms))];

    private static IEnumerable<byte[]> Base64Of(byte[] content)
        => Enumerable.Range(0, 3).Select(shift => Encoding.ASCII.GetBytes(Convert.ToBase64String(content.AsSpan(shift, (content.Length - shift) / 3 * 3))));

    // The process may have them open, some of them locked.
    private static byte[] Read(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (IOException) when (file.EndsWith("lock", StringComparison.Ordinal))
        {
            return [];
        }
    }
}
