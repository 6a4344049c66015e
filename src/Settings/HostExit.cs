using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace TtsGrains.Settings;

/// <summary>How a program ends that cannot run: with a sentence for its operator and an exit code, not with a stack trace.</summary>
public static class HostExit
{
    /// <summary>The program cannot run here and now, such as when a port is in use.</summary>
    public const int Refused = 1;

    /// <summary>A setting is wrong: starting again will not help.</summary>
    public const int WrongSettings = 2;

    /// <summary>Runs the program.</summary>
    /// <param name="name">What the program calls itself.</param>
    /// <param name="run">The program.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> GuardAsync(string name, Func<Task> run)
    {
        try
        {
            await run();
            return 0;
        }
        catch (Exception failure) when (Explain(failure) is { } complaints)
        {
            foreach (var complaint in complaints)
            {
                await Console.Error.WriteLineAsync($"{name}: {complaint}");
            }

            return IsPortInUse(failure) ? Refused : WrongSettings;
        }
    }

    /// <summary>What an operator can do something about; null when it is not for them.</summary>
    internal static IEnumerable<string>? Explain(Exception failure) => failure switch
    {
        SettingsException settings => settings.Message.Split(Environment.NewLine),
        OptionsValidationException options => options.Failures.Select(ValidatorRule.Rephrase),
        AggregateException many when many.InnerExceptions.All(inner => Explain(inner) is not null) => many.InnerExceptions.SelectMany(inner => Explain(inner)!),
        _ when IsPortInUse(failure) => [failure.Message],
        _ => null,
    };

    // The port was free when it was checked in the cases of the framework's own exceptions.
    private static bool IsPortInUse(Exception failure)
        => failure is PortInUseException or IOException { InnerException: AddressInUseException } or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse };
}
