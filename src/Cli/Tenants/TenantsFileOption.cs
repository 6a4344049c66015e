using System.CommandLine;
using TtsGrains.Tenants.Files;

namespace TtsGrains.Cli.Tenants;

/// <summary>The file that a command changes: the same option for all of them.</summary>
internal static class TenantsFileOption
{
    private const string Variable = "TenantsFile";
    private const string Default = "tenants.json";

    /// <summary>Adds the option to a command, and what the command does with the file.</summary>
    /// <param name="command">The command.</param>
    /// <param name="action">Gets the command line and the file.</param>
    /// <param name="isNew">True if the command begins a file that does not exist.</param>
    public static void Run(Command command, Action<ParseResult, TenantsFileEditor> action, bool isNew = false)
    {
        var option = new Option<FileInfo?>("--file") { Description = $"The tenants file. Default: {Variable} in the environment, else {Default}." };
        command.Add(option);
        command.SetAction(parsed =>
        {
            try
            {
                var path = parsed.GetValue(option)?.FullName ?? (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? given : Default);
                using var file = TenantsFileEditor.Open(path, isNew);
                action(parsed, file);
                return ExitCodes.Done;
            }
            catch (Exception e) when (e is TenantsFileException or IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine(e.Message);
                return ExitCodes.Refused;
            }
        });
    }

    /// <summary>Creates the argument that names a tenant.</summary>
    public static Argument<string> CreateTenant() => new("tenant") { Description = "The tenant's id." };
}
