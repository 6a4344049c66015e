namespace TtsGrains.Tenants;

/// <summary>The rule for the ids of tenants that are added to a file: an id is part of a setting's name, and of an environment variable's.</summary>
public static class TenantId
{
    /// <summary>The rule, for messages.</summary>
    public const string Rule = "1 to 64 letters, digits, '-' and '_', without \"__\"";

    private const int MaxLength = 64;

    /// <summary>True if a text is such an id.</summary>
    public static bool IsValid(string id)
        => id.Length is > 0 and <= MaxLength && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && !id.Contains("__", StringComparison.Ordinal);
}
