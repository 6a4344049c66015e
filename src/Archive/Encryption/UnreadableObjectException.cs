namespace TtsGrains.Archive.Encryption;

/// <summary>Why an encrypted object cannot be read. Zero is never a valid value.</summary>
public enum UnreadableReason : byte
{
    None = 0,

    /// <summary>The tenant's key was deleted: its content is erased.</summary>
    KeyDeleted = 1,

    /// <summary>The key is not among the tenant's keys, or is encrypted with another master key.</summary>
    KeyMissing = 2,

    /// <summary>It is not what was written under this name: changed, cut off, or of another name or tenant.</summary>
    Damaged = 3,

    /// <summary>It is not encrypted, and only encrypted objects are accepted.</summary>
    NotEncrypted = 4,
}

/// <summary>An object of the archive that cannot be decrypted. To try again does not help.</summary>
public sealed class UnreadableObjectException(UnreadableReason reason, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public UnreadableReason Reason => reason;

    internal static UnreadableObjectException Damaged(string name, string what)
        => new(UnreadableReason.Damaged, $"The archived object {name} is damaged: {what}.");
}

/// <summary>For those who go on without what cannot be decrypted.</summary>
public static class UnreadableTaskExtensions
{
    /// <summary>Returns null instead of an object that cannot be decrypted.</summary>
    public static async Task<T?> UnlessUnreadableAsync<T>(this Task<T?> reading)
        where T : class
    {
        try
        {
            return await reading;
        }
        catch (UnreadableObjectException)
        {
            return null;
        }
    }
}
