namespace TtsGrains.Grains.Calls;

/// <summary>
/// Calls of grains that may be made twice without harm. A call to a silo that has just died gets no answer until the response timeout,
/// long after the grain is to be had elsewhere: so it is asked again sooner.
/// </summary>
public static class GrainRetry
{
    private const int MostTries = 5;

    private static readonly TimeSpan FirstTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RepeatedRetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(5);

    /// <summary>Calls until there is an answer. The patience doubles, so that a grain that is only busy is not kept busy with the same; the last call has it all.</summary>
    /// <param name="call">Makes the call; once more each time.</param>
    /// <param name="time">Measures the patience.</param>
    /// <exception cref="TimeoutException">No call was answered within the response timeout.</exception>
    public static async Task<T> InvokeAsync<T>(Func<Task<T>> call, TimeProvider time)
    {
        var patience = FirstTimeout;
        for (var tries = 1; tries < MostTries; tries++, patience *= 2)
        {
            try
            {
                return await call().WaitAsync(patience, time);
            }
            catch (TimeoutException)
            {
                // Asked again.
            }
            catch (Exception e) when (e is OrleansException or OperationCanceledException)
            {
                // No call has a token of ours: Orleans cancels those that it was placing when a silo is lost.
                await Task.Delay(RetryDelay, time);
            }
        }

        return await call();
    }

    /// <inheritdoc cref="InvokeAsync{T}"/>
    public static Task TellAsync(Func<Task> call, TimeProvider time) => InvokeAsync(
        async () =>
        {
            await call();
            return true;
        },
        time);

    /// <summary>
    /// Calls until there is an answer, whatever goes wrong meanwhile: a grain whose storage is away cannot even be activated, and many ask for it. How
    /// long it waits, for an answer and between calls, grows from 1 s to 5 s.
    /// </summary>
    /// <param name="call">Makes the call; once more each time.</param>
    /// <param name="patience">For how long it is made again; what goes wrong after that is thrown.</param>
    /// <param name="onFirstFailure">Hears of the first failure.</param>
    /// <param name="time">Measures the patience.</param>
    public static async Task<T> InsistAsync<T>(Func<Task<T>> call, TimeSpan patience, Action<Exception> onFirstFailure, TimeProvider time)
    {
        var since = time.GetTimestamp();
        for (var pause = RepeatedRetryDelay; ; pause = pause * 2 < MaxRetryDelay ? pause * 2 : MaxRetryDelay)
        {
            try
            {
                return await call().WaitAsync(pause, time);
            }
            catch (TimeoutException) when (time.GetElapsedTime(since) < patience)
            {
                // Asked again.
            }
            catch (Exception e) when (time.GetElapsedTime(since) < patience)
            {
                if (pause == RepeatedRetryDelay)
                {
                    onFirstFailure(e);
                }

                await Task.Delay(pause, time);
            }
        }
    }
}
