namespace TtsGrains.Client.Contexts;

/// <summary>One message of a context to the service.</summary>
/// <param name="Text">May be empty.</param>
/// <param name="Flush">Whether to close the segment.</param>
/// <param name="IsLast">Whether nothing more follows.</param>
/// <param name="Expression">How it is spoken; null for the voice's own way.</param>
internal sealed record ContextInput(string Text, bool Flush, bool IsLast, Expression? Expression)
{
    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when it was written to a socket, or never will be.</summary>
    public Task Written => _written.Task;

    public void OnWritten() => _written.TrySetResult();
}
