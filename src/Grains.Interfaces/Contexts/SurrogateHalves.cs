namespace TtsGrains.Grains.Interfaces.Contexts;

/// <summary>
/// Carries half a surrogate pair at either end of a pushed text between processes, whose serializer writes text as UTF-8 and so would replace it.
/// A client may cut its text between the two halves.
/// </summary>
public static class SurrogateHalves
{
    /// <summary>Moves a lone half at either end of the text into members of their own.</summary>
    public static ContextInput Detach(this ContextInput input)
    {
        var text = input.Text;
        var leading = text.Length > 0 && char.IsLowSurrogate(text[0]) ? text[0] : '\0';
        var trailing = text.Length > 0 && char.IsHighSurrogate(text[^1]) ? text[^1] : '\0';
        return (leading, trailing) == default
            ? input
            : input with
            {
                Text = text[(leading == '\0' ? 0 : 1)..(text.Length - (trailing == '\0' ? 0 : 1))],
                LeadingHalf = leading,
                TrailingHalf = trailing,
            };
    }

    /// <summary>Puts the halves back into the text.</summary>
    public static ContextInput Attach(this ContextInput input)
        => (input.LeadingHalf, input.TrailingHalf) == default
            ? input
            : input with
            {
                Text = string.Concat(TextOf(input.LeadingHalf), input.Text, TextOf(input.TrailingHalf)),
                LeadingHalf = '\0',
                TrailingHalf = '\0',
            };

    private static string TextOf(char half) => half == '\0' ? "" : half.ToString();
}
