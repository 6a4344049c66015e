namespace TtsGrains.Client;

/// <summary>The service refused, failed, or could not be reached.</summary>
public sealed class TtsException : Exception
{
    /// <summary>An exception that says no more than its message.</summary>
    public TtsException()
        : this("The speech service failed.")
    {
    }

    /// <inheritdoc cref="TtsException()"/>
    public TtsException(string message)
        : this(message, null)
    {
    }

    /// <inheritdoc cref="TtsException()"/>
    public TtsException(string message, Exception? innerException)
        : base(message, innerException)
        => Error = new TtsError(0, null, "Failed", message);

    /// <summary>An exception of one error.</summary>
    public TtsException(TtsError error, Exception? innerException = null)
        : base($"{error.Title}: {error.Message}", innerException)
        => Error = error;

    /// <summary>The whole of it.</summary>
    public TtsError Error { get; }

    /// <inheritdoc cref="TtsError.Status"/>
    public int Status => Error.Status;

    /// <inheritdoc cref="TtsError.Code"/>
    public string? Code => Error.Code;

    /// <inheritdoc cref="TtsError.Title"/>
    public string Title => Error.Title;

    /// <inheritdoc cref="TtsError.RequestId"/>
    public string? RequestId => Error.RequestId;
}
