namespace TtsGrains.ApiHost.Http;

/// <summary>Keeps a silent connection alive.</summary>
internal static class Silence
{
    /// <summary>Waits for what comes next, and sends something in each interval that passes without it.</summary>
    /// <param name="next">What comes next.</param>
    /// <param name="interval">How long nothing may be sent.</param>
    /// <param name="time">Measures it.</param>
    /// <param name="sendAsync">Sends something.</param>
    public static ValueTask<T> BreakAsync<T>(ValueTask<T> next, TimeSpan interval, TimeProvider time, Func<Task> sendAsync)
        => next.IsCompleted ? next : WaitAsync(next.AsTask(), interval, time, sendAsync);

    private static async ValueTask<T> WaitAsync<T>(Task<T> next, TimeSpan interval, TimeProvider time, Func<Task> sendAsync)
    {
        while (true)
        {
            try
            {
                return await next.WaitAsync(interval, time);
            }
            catch (TimeoutException) when (!next.IsCompleted)
            {
                try
                {
                    await sendAsync();
                }
                catch (OperationCanceledException)
                {
                    // The wait ends for the same reason, and must have ended before its source is disposed of.
                    return await next;
                }
            }
        }
    }
}
