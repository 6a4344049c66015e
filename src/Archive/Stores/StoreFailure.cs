using Azure;

namespace TtsGrains.Archive.Stores;

/// <summary>Tells a failure of the archive's store from a fault of the service.</summary>
public static class StoreFailure
{
    /// <summary>Determines whether an exception says that the store cannot be reached, refuses, or has no room: the same call may succeed later.</summary>
    public static bool Is(Exception failure) => failure is RequestFailedException or IOException or UnauthorizedAccessException
        || failure is AggregateException { InnerException: { } inner } && Is(inner);
}
