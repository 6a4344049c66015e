using System.Runtime.CompilerServices;

namespace TtsGrains.Testing;

/// <summary>For counters that raise no event: polls, and continues as soon as the condition holds.</summary>
public static class Eventually
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Completes when the condition holds.</summary>
    /// <exception cref="TimeoutException">It did not hold within half a minute; says what was seen last.</exception>
    public static Task IsTrueAsync(Func<bool> condition, CancellationToken cancellationToken, [CallerArgumentExpression(nameof(condition))] string what = "")
        => IsAsync(() => Task.FromResult(condition()), true, cancellationToken, what);

    /// <summary>Completes when the value is the expected one.</summary>
    /// <exception cref="TimeoutException">It was not within half a minute; says what was seen last.</exception>
    public static async Task IsAsync<T>(
        Func<Task<T>> value, T expected, CancellationToken cancellationToken, [CallerArgumentExpression(nameof(value))] string what = "")
    {
        using var timer = new PeriodicTimer(Glance);
        for (var looks = Timeout / Glance; looks > 0; looks--)
        {
            if (EqualityComparer<T>.Default.Equals(await value(), expected))
            {
                return;
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }

        throw new TimeoutException($"Expected {expected}, last saw {await value()}, of: {what}");
    }
}
