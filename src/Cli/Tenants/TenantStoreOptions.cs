using System.CommandLine;
using TtsGrains.Tenants.Files;

namespace TtsGrains.Cli.Tenants;

/// <summary>Where a command finds the tenants: the same options for all of them. With <c>--url</c> a service, else a file.</summary>
internal static class TenantStoreOptions
{
    /// <summary>How an argument names a key.</summary>
    public const string KeyHelp = "Its id, the beginning of its id, or its name.";

    private const string Variable = "TenantsFile";
    private const string Default = "tenants.json";

    /// <summary>Adds the options to a command, and what the command does with the tenants.</summary>
    /// <param name="command">The command.</param>
    /// <param name="action">Gets the command line and the tenants.</param>
    /// <param name="isNew">True if the command begins a file that does not exist.</param>
    public static void Run(Command command, Func<ParseResult, ITenantStore, CancellationToken, Task> action, bool isNew = false)
    {
        var path = new Option<FileInfo?>("--file") { Description = $"The tenants file. Default: {Variable} in the environment, else {Default}." };
        command.Add(path);
        var service = ServiceOptions.AddTo(command, "A running service, to be changed by its admin API with a key of the scope operator, in place of a file.");
        command.Validators.Add(result =>
        {
            if (result.GetResult(path) is not null && service.IsUrlGiven(result))
            {
                result.AddError("--file and --url exclude each other.");
            }
            else if (service.FindWithoutUrl(result) is { } option)
            {
                // A key asks for a service: to change a file instead would surprise.
                result.AddError($"{option} needs --url: without it, {UsageErrors.NameOf(command)} uses a tenants file.");
            }
        });
        command.SetAction((parsed, cancellationToken) => service.IsUrlGiven(parsed.CommandResult)
            ? service.RunAsync(parsed, (_, client, token) => action(parsed, new ServiceTenants(client), token), cancellationToken)
            : RunOnFileAsync(parsed.GetValue(path)?.FullName, isNew, file => action(parsed, new FileTenants(file), cancellationToken)));
    }

    /// <summary>Creates the argument that names a tenant.</summary>
    public static Argument<string> CreateTenant() => new("tenant") { Description = "The tenant's id." };

    private static async Task<int> RunOnFileAsync(string? path, bool isNew, Func<TenantsFileEditor, Task> action)
    {
        try
        {
            using var file = TenantsFileEditor.Open(path ?? (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? given : Default), isNew);
            await action(file);
            return ExitCodes.Done;
        }
        catch (Exception e) when (e is TenantsFileException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCodes.Refused;
        }
    }
}
