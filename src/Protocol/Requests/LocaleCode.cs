namespace TtsGrains.Protocol.Requests;

/// <summary>The form of a language or locale code: a language of 2 or 3 letters, then subtags of up to 8 letters or digits, such as <c>en</c>, <c>pt_BR</c> or <c>zh-Hans-CN</c>.</summary>
public static class LocaleCode
{
    /// <summary>True if the text has the form of a code. Whether anything speaks it is for the upstream to decide.</summary>
    public static bool IsValid(string text)
    {
        var subtags = text.Split('-', '_');
        return subtags[0].Length is 2 or 3
            && subtags[0].All(char.IsAsciiLetter)
            && subtags.Skip(1).All(subtag => subtag.Length is >= 1 and <= 8 && subtag.All(char.IsAsciiLetterOrDigit));
    }
}
