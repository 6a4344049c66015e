using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TtsGrains.Tenants;

/// <summary>
/// What is stored of an API key: never the key itself. As a setting it is one text, the SHA-256 and behind it what differs from the defaults:
/// <c>3fa9… scopes=speak,listen expires=2027-01-01T00:00:00Z name=ivr</c>.
/// </summary>
/// <param name="Sha256">The key's SHA-256, as 64 lower-case hexadecimal digits.</param>
public sealed record ApiKey(string Sha256)
{
    /// <summary>How many hexadecimal digits a SHA-256 has.</summary>
    public const int HashLength = 2 * SHA256.HashSizeInBytes;

    /// <summary>The form of a time, for messages.</summary>
    public const string TimeForm = "a day or a time in UTC, such as 2027-01-31 or 2027-01-31T18:00:00Z";

    private const string Prefix = "sk_tts_";
    private const int RandomBytes = 32;
    private const int IdLength = 16;
    private const int MaxNameLength = 64;
    private const string ScopesPart = "scopes=";
    private const string ExpiresPart = "expires=";
    private const string NamePart = "name=";
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private static readonly string[] TimeForms = ["yyyy-MM-dd", TimeFormat, "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"];

    /// <summary>What it allows.</summary>
    public Scopes Scopes { get; init; } = Scopes.Default;

    /// <summary>When it ends; null if it does not.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What its owner calls it; null if it has no name.</summary>
    public string? Name { get; init; }

    /// <summary>Names it in records and lists: the beginning of its SHA-256.</summary>
    public string Id => Sha256[..IdLength];

    /// <summary>True if it has expired.</summary>
    public bool HasExpired(DateTimeOffset now) => ExpiresAt <= now;

    /// <summary>True if it has a scope that another one lacks.</summary>
    public bool HasMoreThan(ApiKey other) => (Scopes & ~other.Scopes) != Scopes.None;

    /// <summary>Makes a new key, which no one can guess.</summary>
    public static string NewSecret() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>Returns the SHA-256 of a key as it is stored.</summary>
    public static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>Reads the text of a setting.</summary>
    /// <param name="text">The text.</param>
    /// <param name="key">The key if there is no fault.</param>
    /// <returns>Null, or the fault as the end of a sentence about the setting. It quotes nothing: the text may be a key.</returns>
    public static string? Parse(string text, out ApiKey key)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[]? scopes = null;
        string? expires = null, name = null, unknown = null;
        foreach (var part in parts.Skip(1))
        {
            if (part.StartsWith(ScopesPart, StringComparison.OrdinalIgnoreCase))
            {
                scopes = part[ScopesPart.Length..].Split(',');
            }
            else if (part.StartsWith(ExpiresPart, StringComparison.OrdinalIgnoreCase))
            {
                expires = part[ExpiresPart.Length..];
            }
            else if (part.StartsWith(NamePart, StringComparison.OrdinalIgnoreCase))
            {
                name = part[NamePart.Length..];
            }
            else
            {
                unknown = $"holds something behind a SHA-256 that is none of {ScopesPart}…, {ExpiresPart}… and {NamePart}….";
            }
        }

        return Create(parts.FirstOrDefault(""), scopes, expires, name, out key) ?? unknown;
    }

    /// <summary>Creates a key from its parts.</summary>
    /// <param name="sha256">Its SHA-256.</param>
    /// <param name="scopes">The names of its scopes; null for the default.</param>
    /// <param name="expires">When it ends; null if it does not.</param>
    /// <param name="name">What its owner calls it; null for no name.</param>
    /// <param name="key">The key if there is no fault.</param>
    /// <returns>As of <see cref="Parse"/>.</returns>
    public static string? Create(string sha256, IReadOnlyList<string>? scopes, string? expires, string? name, out ApiKey key)
    {
        var end = default(DateTimeOffset);
        key = new ApiKey(sha256.ToLowerInvariant()) { Name = name };
        if (sha256.Length != HashLength || !sha256.All(char.IsAsciiHexDigit))
        {
            return $"holds something that is not a SHA-256: it must be {HashLength} hexadecimal digits.";
        }

        if (scopes is not null && (scopes.Count == 0 || scopes.Any(scope => ScopeNames.Parse(scope) == Scopes.None)))
        {
            return $"has an unknown scope or none; the scopes are {Words.And(ScopeNames.All)}.";
        }

        if (expires is not null && !TryParseTime(expires, out end))
        {
            return $"has an expiry that is no time; it must be {TimeForm}.";
        }

        if (name is not null && !IsName(name))
        {
            return $"has a name with other characters than letters, digits and . _ - @, or with more than {MaxNameLength}.";
        }

        key = key with
        {
            Scopes = scopes?.Aggregate(Scopes.None, (all, scope) => all | ScopeNames.Parse(scope)) ?? Scopes.Default,
            ExpiresAt = expires is null ? null : end,
        };
        return null;
    }

    /// <summary>Describes the key for a record, without its hash.</summary>
    public string Describe()
        => $"scopes={string.Join(',', ScopeNames.Of(Scopes))} expires={(ExpiresAt is { } end ? Format(end) : "never")}{(Name is null ? "" : $" name={Name}")}";

    /// <summary>Returns the text that <see cref="Parse"/> reads.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Sha256);
        if (Scopes != Scopes.Default)
        {
            text.Append(' ').Append(ScopesPart).AppendJoin(',', ScopeNames.Of(Scopes));
        }

        if (ExpiresAt is { } end)
        {
            text.Append(' ').Append(ExpiresPart).Append(Format(end));
        }

        return Name is null ? text.ToString() : text.Append(' ').Append(NamePart).Append(Name).ToString();
    }

    /// <summary>Writes a time as settings and files have it.</summary>
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    /// <summary>Reads a time: a day, or a day and a time, in UTC.</summary>
    public static bool TryParseTime(string text, out DateTimeOffset time)
        => DateTimeOffset.TryParseExact(text, TimeForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    /// <summary>True if a text may be the name of a key: letters, digits and <c>. _ - @</c>, so that it needs no quotes anywhere.</summary>
    public static bool IsName(string text)
        => text.Length is > 0 and <= MaxNameLength && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '@');
}
