namespace TtsGrains.Grains.Calls;

/// <summary>
/// Calls of grains that may be made twice without harm. What was sent to a silo that has just died is answered by nobody until the response timeout,
/// long after the grain is to be had elsewhere: so it is asked again sooner.
/// </summary>
public static class RepeatedCall
{
    private const int MostTries = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Calls until there is an answer.</summary>
    /// <param name="call">Makes the call; once more each time.</param>
    /// <param name="time">Measures the patience.</param>
    /// <exception cref="TimeoutException">Nobody answered, again and again.</exception>
    public static async Task<T> AskAsync<T>(Func<Task<T>> call, TimeProvider time)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await call().WaitAsync(Patience, time);
            }
            catch (TimeoutException) when (tries < MostTries)
            {
                // Asked again.
            }
            catch (OrleansException) when (tries < MostTries)
            {
                await Task.Delay(Patience / MostTries, time);
            }
        }
    }

    /// <inheritdoc cref="AskAsync{T}"/>
    public static Task TellAsync(Func<Task> call, TimeProvider time) => AskAsync(
        async () =>
        {
            await call();
            return true;
        },
        time);
}
