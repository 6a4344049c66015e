namespace TtsGrains.Cli;

/// <summary>How a command ends.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>The service refused, or the work failed.</summary>
    public const int Refused = 1;

    /// <summary>The command line is wrong; nothing was done.</summary>
    public const int Usage = 2;

    /// <summary>The service could not be reached.</summary>
    public const int Unreachable = 3;

    /// <summary>Ctrl-C, as shells count it.</summary>
    public const int Interrupted = 130;

    /// <summary>The sentence of the help that lists them.</summary>
    public const string Help = "Exit codes: 0 done, 1 refused or failed, 2 usage, 3 service unreachable.";
}
