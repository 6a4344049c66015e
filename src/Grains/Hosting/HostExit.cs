using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace TtsGrains.Grains.Hosting;

/// <summary>How a program ends that cannot run: with a sentence for its operator and an exit code, not with a stack trace.</summary>
public static partial class HostExit
{
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

            return WrongSettings;
        }
    }

    /// <summary>What an operator can do something about; null when it is not for them.</summary>
    internal static IEnumerable<string>? Explain(Exception failure) => failure switch
    {
        SettingsException settings => settings.Message.Split(Environment.NewLine),
        OptionsValidationException options => options.Failures.Select(Rephrase),
        AggregateException many when many.InnerExceptions.All(inner => Explain(inner) is not null) => many.InnerExceptions.SelectMany(inner => Explain(inner)!),
        IOException { InnerException: AddressInUseException } taken => [taken.Message],
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } taken => [taken.Message],
        _ => null,
    };

    // "Property Archive:Path: is empty" is how the builder of such results puts it.
    private static string Rephrase(string complaint) => PropertyPrefix().Replace(complaint, "${setting} ");

    [GeneratedRegex(@"^Property (?<setting>\S+): ")]
    private static partial Regex PropertyPrefix();
}
