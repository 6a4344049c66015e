using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>The end of a page of a listing. Sessions that begin later do not move it.</summary>
/// <param name="After">The listing name behind which the next page begins.</param>
/// <param name="ArchivePage">The archive's cursor of the page in which that lies; null for its first page.</param>
internal sealed record ListingCursor(string After, string? ArchivePage)
{
    private const char Separator = '\n';

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string? text, out ListingCursor? cursor)
    {
        cursor = null;
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        try
        {
            var parts = Strict.GetString(WebEncoders.Base64UrlDecode(text)).Split(Separator, 2);
            cursor = parts.Length == 2 && parts[0].Length > 0 ? new ListingCursor(parts[0], parts[1].Length > 0 ? parts[1] : null) : null;
        }
        catch (Exception malformed) when (malformed is FormatException or DecoderFallbackException)
        {
            // Refused below.
        }

        return cursor is not null;
    }

    /// <summary>As clients get it: letters, digits, '-' and '_'.</summary>
    public override string ToString() => WebEncoders.Base64UrlEncode(Strict.GetBytes($"{After}{Separator}{ArchivePage}"));
}
