namespace TtsGrains.Archive.Writing;

/// <summary>Why a manifest lists a segment without its file.</summary>
public static class LostReason
{
    /// <summary>The store was away for longer than spool and memory lasted.</summary>
    public const string BacklogFull = "backlog_full";

    /// <summary>Another file has the segment's name.</summary>
    public const string NameTaken = "name_taken";

    /// <summary>It has more audio than a WAV file can hold.</summary>
    public const string TooLong = "too_long";

    /// <summary>What lay in the spool was not what had been written there.</summary>
    public const string SpoolDamaged = "spool_damaged";
}
